package crosslink

import (
	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
)

// A cluster is made when clusterMin artifacts are in none, and lists about
// clusterMax.
const (
	clusterMin = 100
	clusterMax = 800
)

// cluster enters a received cluster: what it names needs no announcement of
// its own any more, and what is unknown is wanted. Its own tag has the time of
// arrival, as clusters have no date.
func (l *Linker) cluster(rid int64, a *artifact.Artifact) error {
	err := l.tag(newTag("cluster", artifact.Single, "", rid, artifact.Julian(l.Now()), rid))
	if err != nil {
		return err
	}
	for _, uuid := range a.Members {
		member, err := l.RID(uuid, false)
		if err != nil {
			return err
		}
		if err := l.Exec("DELETE FROM unclustered WHERE rid=?", member); err != nil {
			return err
		}
	}
	return nil
}

// clusterable are the artifacts that a cluster may name.
const clusterable = `FROM unclustered CROSS JOIN blob USING(rid) WHERE size>=0
	AND NOT EXISTS(SELECT 1 FROM private WHERE private.rid=blob.rid)
	AND NOT EXISTS(SELECT 1 FROM shun WHERE shun.uuid=blob.uuid)`

// NeedsClusters reports whether enough artifacts are unclustered.
func NeedsClusters(c *sqlite.Conn) (bool, error) {
	n, err := c.Int64("SELECT count(*) " + clusterable)
	return n >= clusterMin, err
}

// MakeClusters puts all unclustered artifacts into new clusters if there are
// enough of them.
func (l *Linker) MakeClusters() error {
	var loose []string
	err := l.Query("SELECT uuid " + clusterable + " ORDER BY uuid").Each(func(r sqlite.Row) error {
		loose = append(loose, r.Text(0))
		return nil
	})
	if err != nil || len(loose) < clusterMin {
		return err
	}
	for len(loose) > 0 {
		n := len(loose)
		if n > clusterMax+clusterMin {
			n = clusterMax
		}
		content := (&artifact.Artifact{Kind: artifact.Cluster, Members: loose[:n]}).Encode()
		name, err := l.Name(content)
		if err != nil {
			return err
		}
		if _, err := l.Put(store.Artifact{UUID: name, Plain: content}); err != nil {
			return err
		}
		loose = loose[n:]
	}
	return l.Link()
}

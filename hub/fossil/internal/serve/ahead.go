package serve

import (
	"fmt"
	"time"

	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/sqlite"
)

// maxAhead is how far the clock of whoever made a check-in may be ahead of ours. Nothing
// can be committed on top of a check-in by a client that looks at dates, as Fossil does,
// until its date has come; and it is the tip of its branch as long.
const maxAhead = 24 * time.Hour

// countAhead counts the check-ins that are dated too far ahead.
func countAhead(c *sqlite.Conn) (int64, error) {
	return c.Int64("SELECT count(*) FROM event WHERE mtime>? AND type='ci'", artifact.Julian(time.Now().Add(maxAhead)))
}

// refuseAhead refuses a message after which there are more of them than before, be it by
// a check-in or by another date for one. Those that are there already are no reason.
func refuseAhead(c *sqlite.Conn, before int64) error {
	after, err := countAhead(c)
	if err != nil || after <= before {
		return err
	}
	var uuid string
	var mtime float64
	if _, err := c.Query("SELECT uuid, mtime FROM event JOIN blob ON rid=objid WHERE type='ci' ORDER BY mtime DESC LIMIT 1").Scan(&uuid, &mtime); err != nil {
		return err
	}
	return refusal(fmt.Sprintf("check-in %.10s is dated %s, more than a day ahead of the hub's clock, and nothing could be committed after it; nothing was taken",
		uuid, artifact.FromJulian(mtime).Format(time.DateOnly)))
}

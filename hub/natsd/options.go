package natsd

import (
	"io/fs"
	"os"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/shirou/gopsutil/v4/disk"
)

// StoreName is the directory below Config.StoreDir in which JetStream keeps everything.
const StoreName = server.JetStreamStoreDir

const (
	host = "127.0.0.1"

	maxPayload = 8 << 20  // the default of 1 MiB is too small for sync over NATS
	maxPending = 32 << 20 // that waits for one client: JetStream's flow control lets it get that far behind
	maxConns   = 2048     // of about 20 kB each; hundreds of agents have a few each
	maxSubs    = 100_000
	maxClosed  = 256 // of the history kept in memory

	// A client that does not read must not hold up the server; one that was
	// stopped is noticed within a minute.
	writeDeadline = 5 * time.Second
	pingInterval  = 20 * time.Second
	authWithin    = 10 * time.Second // to say who one is: the server's own 2 s turn clients of a busy machine away
	maxPingsOut   = 2

	maxMemory  = 64 << 20 // of memory streams
	storeMost  = 2 << 30
	storeLeast = 64 << 20
)

// options returns fresh options: the server writes into them, so they cannot
// serve twice.
func (c Config) options(store string, port int) *server.Options {
	if port == 0 {
		port = server.RANDOM_PORT
	}
	return &server.Options{
		ServerName: c.Name,
		Host:       host,
		Port:       port,

		NoSigs: true, // or it would end the process on SIGINT
		NoLog:  true, // ours is set before Start

		JetStream:              true,
		StoreDir:               store,
		SyncAlways:             c.SyncAlways,
		JetStreamMaxMemory:     maxMemory,
		JetStreamMaxStore:      storeLimit(store),
		DisableJetStreamBanner: true,

		MaxPayload:       maxPayload,
		MaxPending:       maxPending,
		MaxConn:          maxConns,
		MaxSubs:          maxSubs,
		MaxClosedClients: maxClosed,
		WriteDeadline:    writeDeadline,
		PingInterval:     pingInterval,
		AuthTimeout:      authWithin.Seconds(),
		MaxPingsOut:      maxPingsOut,
	}
}

// storeLimit returns how many bytes streams may take: half of what the disk has
// for them, counting what they have already, between 64 MiB and 2 GiB. The
// server's own default would change with the space free at each start.
func storeLimit(dir string) int64 {
	usage, err := disk.Usage(dir)
	if err != nil {
		return storeLeast
	}
	return min(max(int64(usage.Free/2)+treeSize(dir), storeLeast), storeMost)
}

// treeSize returns the size of the regular files below dir.
func treeSize(dir string) (total int64) {
	// The root itself may be a link, which WalkDir would not enter.
	_ = fs.WalkDir(os.DirFS(dir), ".", func(_ string, e fs.DirEntry, err error) error { //nolint:forbidigo // the store has been looked at
		if err != nil || !e.Type().IsRegular() {
			return nil //nolint:nilerr // what cannot be seen counts nothing
		}
		if info, err := e.Info(); err == nil {
			total += info.Size()
		}
		return nil
	})
	return total
}

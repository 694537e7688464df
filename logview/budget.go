package logview

import "sync/atomic"

// defaultIndex is how much memory the class bytes of a log may take: enough
// for more than fifty million lines.
const defaultIndex = 64 << 20

// budget is what is left of that memory. It may be overdrawn for a moment.
type budget struct{ left atomic.Int64 }

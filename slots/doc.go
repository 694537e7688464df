// Package slots says what the agents of a workspace are doing, and clears away
// what dead ones left behind without losing their work.
//
// A slot is one agent's seat. It exists in two places that nobody keeps in step:
//
//   - a directory <state>/swarm/<slot>/ with the agent's worktree, its clone, its
//     log and a pid file, written by the command line;
//   - a session, the slot's lease: one JSON record under the slot's name in the
//     JetStream key-value bucket BucketSessions, which the server evicts five
//     minutes after it was last written, without telling anybody.
//
// [Watch] merges both, and the task a session works on, into one live snapshot.
// [Live] answers the stop guard's question. [Pruner] and [Reaper] remove dead
// slots. [EnsureBuckets] is for the hub alone; everything else binds to what
// exists and never creates or reconfigures a bucket, for the command line owns
// their settings.
package slots

// Package family lets one process take the place of another without a moment in which
// the workspace is nobody's. A family is a hub, its keeper and, while the hub changes
// hands, a successor. They share the descriptors that make the workspace theirs (owner.Lock,
// the Fossil listener) and talk over socket pairs; the end of a conversation without a
// goodbye is a death.
//
//	spec.go     what a process of the family is started with, and gets
//	link.go     one end of a conversation
//	process.go  starting one
//	keeper.go   the process that starts the hub again
package family

// Package seed keeps the repository of a workspace in step with git: it opens or creates
// the repository, brings git's tree into it as a base check-in, and tells which check-ins
// git has received. Read seeder.go first, then tree.go (what git shows), base.go (the
// check-ins that stand for git's), received.go (the one rule for what git has), recovered.go (check-ins that stand for
// others) and facts.go
// (the same for readers that come again and again).
package seed

// Package copies keeps a second copy of what exists once: check-ins that git has not
// received, and edits in the worktrees of slots. It lies in the recovery directory, which
// neither a hub of ours nor the start of the reference's touches.
//
//	recovery/<run id>/hub-<project>.fossil   a copy of the repository, complete in one file
//	recovery/<run id>/trees/<slot>-<unix>/   what a slot had that the repository had not:
//	    edits.json                           which files, and how they differ; names that are not UTF-8 in base64
//	    wt/                                  those files, and no others
//	    leaf.fossil                          the slot's clone, if check-ins of it were never pushed
//	recovery/<run id>/store-<time>/          JetStream's store, before a server cut it
//
// What a hub holds whose state directory was taken from under it is saved elsewhere:
// bonesdir's LostHome.
//
// The copy of a repository is made once, by SQLite's own backup of one state of database and
// log, and then gets each new artifact. It is not a second name of the files: stock Fossil
// complains of a database with two names; the old pair of names, opened after a clean close
// and a next run that committed, is sound and lacks the newest check-ins; and a database
// without its log lacks what was not written back. Nor is it cloned blocks: not every file
// system has them, and one way that works on all is one that is tested. What is new since
// the last time is small, so a check-in pays for itself only, however large the repository.
//
// A run goes on with the copy of an earlier one if it is of the same project.
package copies

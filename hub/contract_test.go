package hub_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The known ways for a hub to go wrong, by the row of the contract's list of them, and
// the test that each of ours stays right. A name before the dot is another folder.
var contractRows = []struct{ row, symptom, test string }{
	{"127", "start timeout hid the real cause", "TestForeignServiceIsNoHub"},
	{"130", "dead slot directories accumulate", "TestStartKeepsWorkOfSlots"},
	{"138-1", "foreign service on the port taken for the hub", "TestForeignServiceIsNoHub"},
	{"138-1b", "half a repository after a failed seed", "TestEveryStepOfTheStartMayFail"},
	{"138-stop", "hub that ignores SIGTERM survives", "TestStopKillsAFrozenHub"},
	{"138-9", "empty repository cost 15 s", "TestRefusalsTouchNothing"},
	{"140", "a bare .bones taken for a workspace", "bonesdir.TestResolve"},
	{"148", "pid read after the child was released", "TestAttachedSeesWhatTheHubSays"},
	{"157", "stop under active slots", "TestPoliteStopIsRefusedUnderActiveSlots"},
	{"157", "ports drift across a stop", "TestRestartKeepsProjectCheckInsAndPorts"},
	{"158", "shutdown hangs", "TestDrainIsBounded"},
	{"199/205", "hub.pid written after the listeners", "TestPIDComesBeforePorts"},
	{"207/228", "looking starts a hub", "TestViewsStartNothingAndCreateNothing"},
	{"208", "two hubs of one workspace", "TestFiftyStartsMakeOneHub"},
	{"208", "lock of a dead holder", "owner.TestLockOutlivesNoProcess"},
	{"211/212", "the fossil binary rejects the live repository", "TestFossilBinaryReadsTheLiveRepository"},
	{"229", "stale registry rows", "registry.TestListPrunesWhatDoesNotHold"},
	{"246", "name of the store directory", "TestReadyHubIsRecorded"},
	{"247", "crashed hub left no trace", "TestUncleanEndIsTold"},
	{"249/304", "chatter on stdout and stderr", "TestDetachedHubPrintsNothing"},
	{"250", "registry files per pid", "registry.TestListFoldsFilesOfTheOlderForm"},
	{"254", "two pid files for one process", "TestStoppedHubLeavesURLsAndNothingElse"},
	{"265/267", "dead agents hold slots for hours", "slots.TestReaperReapsTheExpired"},
	{"291", "state cannot be moved", "TestStateMovesWithBonesDir"},
	{"302", "deleted tracked file bricks the start", "TestSeedTakesWhatItCan"},
	{"305", "stale lock is silent", "TestUncleanEndIsTold"},
	{"322", "no operator audit trail", "hublog.TestLogRotatesBySize"},
	{"322", "floor of the log", "TestLogLevels"},
	{"324", "four time formats", "hublog.TestAppendWritesTheContractsLine"},
	{"347", "a change of the before-image is lost", "tasklog.TestReplayLeavesTheBeforeImageAlone"},
	{"355/358", "ready before the registry row", "TestReadyHubIsRecorded"},
	{"362", "raw exit status outside a git repository", "TestRefusalsTouchNothing"},
	{"363", "junk in last-applied", "TestJunkInLastAppliedIsIgnored"},
	{"U-1", "zero-byte tracked file", "TestSeedTakesWhatItCan"},
	{"U-2", "recovery fails for ever", "TestRecoveryGivesEffectToWhatCanHaveIt"},
	{"U-3", "start deletes live slots' work", "TestStartKeepsWorkOfSlots"},
	{"U-4", "restart discards unapplied check-ins", "TestUnappliedCheckInsKeepTrunk"},
	{"U-4", "reseed without an archive", "TestReseedArchives"},
	{"U-5", "stop kills a recycled pid", "TestStopSignalsNobodyForARecycledPID"},
	{"U-6", "start believes a recycled pid", "TestStopSignalsNobodyForARecycledPID"},
	{"U-7", "taken port is a failure for ever", "TestTakenPortsAreReplaced"},
	{"U-8", "instant failure of the child costs 15 s", "TestForeignServiceIsNoHub"},
	{"U-9", "start in a subdirectory", "TestStartInASubdirectoryFindsTheRoot"},
	{"U-10", "last words of the hub get lost", "TestDetachedHubPrintsNothing"},
	{"U-14", "evicted session leaves its worktree and no event", "slots.TestReaperTellsOfEvictions"},
	{"U-15", "names that git quotes are left out", "TestSeedTakesWhatItCan"},
	{"U-16", "staged-only repository fails late", "TestRefusalsTouchNothing"},
	{"U-17", "zombie counts as alive", "proc.TestAZombieIsDead"},
	{"U-17", "another user's process counts as dead", "proc.TestAnotherUsersProcessIsAlive"},
	{"U-19", "state split under BONES_DIR", "TestStateMovesWithBonesDir"},
	{"6.4", "a refused mutation looks like any other", "TestRPCLinesSayWhatTookEffect"},
	{"4.11", "events of the first moment are missed", "TestRPCLineOfTheFirstAndTheLastMoment"},
}

func TestContractRowsHaveTests(t *testing.T) {
	t.Parallel()
	sources := map[string]string{}
	for folder, dir := range map[string]string{"": ".", "bonesdir": "bonesdir", "proc": "proc", "owner": "internal/owner", "registry": "registry", "hublog": "hublog", "slots": "../slots", "tasklog": "internal/tasklog"} {
		files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			sources[folder] += string(b)
		}
	}
	for _, r := range contractRows {
		folder, name, ok := strings.Cut(r.test, ".")
		if !ok {
			folder, name = "", r.test
		}
		if !strings.Contains(sources[folder], "\nfunc "+name+"(t *testing.T) {") {
			t.Errorf("row %s (%s): there is no test %s", r.row, r.symptom, r.test)
		}
	}
}

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bones-tui/cmd/bones-tui/internal/termtest"
)

// armed makes a repository that names a program wherever git knows a place for one. $evil
// is a program, $other another repository.
const armed = `
mkdir "$other" && git init -q "$other"
git init -q -b main . && echo a >README && echo b >lost && mkdir src && echo c >src/c && printf '* filter=x diff=x merge=x\n' >.gitattributes
git add -A && git -c user.name=t -c user.email=t@example.org commit -q -m init
lost=$(git rev-parse HEAD:lost) && rm ".git/objects/$(echo $lost | cut -c 1-2)/$(echo $lost | cut -c 3-)" && git update-index --skip-worktree lost
git init -q ../borrowed && echo "$PWD/../borrowed/.git/objects" >.git/objects/info/alternates
touch -d @1 README src/c # git has to look at them again
hooks=$(git help -a >/dev/null 2>&1; echo applypatch-msg pre-applypatch post-applypatch pre-commit pre-merge-commit prepare-commit-msg commit-msg post-commit pre-rebase post-checkout post-merge pre-push pre-receive update proc-receive post-receive post-update reference-transaction push-to-checkout pre-auto-gc post-rewrite sendemail-validate fsmonitor-watchman post-index-change)
mkdir hooks && for h in $hooks; do cp "$evil" hooks/$h; cp "$evil" .git/hooks/$h; done
rm -f .git/hooks/*.sample
cat >../evil.config <<END
[core]
	fsmonitor = $evil
	hooksPath = $PWD/hooks
	pager = $evil
	editor = $evil
	sshCommand = $evil
	askPass = $evil
	gitProxy = $evil
	alternateRefsCommand = $evil
	untrackedCache = true
	preloadIndex = true
[sequence]
	editor = $evil
[filter "x"]
	clean = $evil
	smudge = $evil
	process = $evil
	required = true
[diff]
	external = $evil
[diff "x"]
	textconv = $evil
	command = $evil
[merge "x"]
	driver = $evil
[gpg]
	program = $evil
[gpg "ssh"]
	program = $evil
	defaultKeyCommand = $evil
[log]
	showSignature = true
[commit]
	gpgSign = true
[pager]
	log = $evil
	rev-parse = $evil
	ls-files = $evil
	ls-tree = $evil
	cat-file = $evil
[alias]
	rev-parse = !$evil
	ls-files = !$evil
	cat-file = !$evil
	log = !$evil
[credential]
	helper = $evil
[interactive]
	diffFilter = $evil
[uploadpack]
	packObjectsHook = $evil
[submodule]
	recurse = true
[fetch]
	recurseSubmodules = true
[maintenance]
	auto = true
[remote "origin"]
	url = ext::$evil
	promisor = true
	partialCloneFilter = blob:none
	uploadpack = $evil
	vcs = evil
[remote "second"]
	url = ssh://example.org/x
	promisor = true
	partialCloneFilter = blob:none
[extensions]
	partialClone = origin
END
cp ../evil.config ../evil.again
git config core.repositoryFormatVersion 1
git config extensions.partialClone origin
git config include.path "$PWD/../evil.again"
git config "includeIf.gitdir:$PWD/.path" "$PWD/../evil.again"
cat ../evil.config >>.git/config
`

// hookEnv is what a hook of another repository would leave in the environment.
func hookEnv(evil, other string) []string {
	env := []string{
		"GIT_DIR=" + other + "/.git", "GIT_WORK_TREE=" + other, "GIT_INDEX_FILE=" + other + "/.git/index", "GIT_PREFIX=x/", "GIT_COMMON_DIR=" + other + "/.git",
		"GIT_OBJECT_DIRECTORY=" + other + "/.git/objects", "GIT_ALTERNATE_OBJECT_DIRECTORIES=" + other, "GIT_NAMESPACE=x", "GIT_CEILING_DIRECTORIES=" + other,
		"GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=core.fsmonitor", "GIT_CONFIG_VALUE_0=" + evil, "GIT_CONFIG_KEY_1=core.hooksPath", "GIT_CONFIG_VALUE_1=" + filepath.Dir(evil),
		"GIT_CONFIG_PARAMETERS='core.fsmonitor=" + evil + "'", "GIT_CONFIG=" + other + "/.git/config", "GIT_ALLOW_PROTOCOL=ext:ssh:file", "GIT_NO_LAZY_FETCH=0",
		"GIT_OPTIONAL_LOCKS=1", "GIT_LITERAL_PATHSPECS=1", "GIT_QUARANTINE_PATH=x", "GIT_REFLOG_ACTION=x", "GIT_INTERNAL_SUPER_PREFIX=x/", "GIT_TRACE=2",
	}
	for _, name := range []string{"EXTERNAL_DIFF", "SSH", "SSH_COMMAND", "PAGER", "EDITOR", "SEQUENCE_EDITOR", "ASKPASS", "PROXY_COMMAND"} {
		env = append(env, "GIT_"+name+"="+evil)
	}
	return append(env, "GIT_EXEC_PATH="+filepath.Dir(evil))
}

// No command runs a program that a repository names, from within a hook or not: git is
// started with a few known arguments, and starts nothing.
func TestNoProgramOfARepositoryRuns(t *testing.T) {
	for name, inHook := range map[string]bool{"from a shell": false, "from a hook": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, traces, mark := armedPlace(t, inHook)
			for _, command := range []string{
				"doctor", "hub start --detach", "status", "slots", "activity", "doctor", "hub restart", "hub reseed", "fleet", "hub stop",
			} {
				if got := p.run(t, strings.Fields(command)...); got.code != 0 {
					t.Errorf("%s: exit code %d: %s%s", command, got.code, got.out, got.err)
				}
			}
			term := termtest.Start(t, p.command(t), 120, 30)
			term.WaitFor("RUNNING owned")
			p.run(t, "hub", "stop")
			if b, err := os.ReadFile(mark); err == nil {
				t.Errorf("programs of the repository have run:\n%s", b)
			}
			expectTraces(t, traces)
			cmd := exec.Command("git", "status")
			cmd.Dir = p.root
			_ = cmd.Run() // it may fail: the programs it runs do
			if _, err := os.Stat(mark); err != nil {
				t.Error("git status runs none of them either: the trap does not work")
			}
		})
	}
}

// TestNoProgramOfAHookRunsInADemo has git make a repository where it inherits a hook's
// environment.
func TestNoProgramOfAHookRunsInADemo(t *testing.T) {
	p, _, mark := armedPlace(t, true)
	cmd, _ := demoProgram(t)
	cmd.Dir, cmd.Env = p.root, append(cmd.Env, p.env...)
	term := termtest.Start(t, cmd, 120, 40)
	term.WaitFor("RUNNING owned")
	term.Hangup()
	term.Exit()
	if b, err := os.ReadFile(mark); err == nil {
		t.Errorf("programs of the repository have run:\n%s", b)
	}
}

// armedPlace is a workspace in such a repository. Every git that runs there leaves a
// trace; every program that the repository names leaves a mark.
func armedPlace(t *testing.T, inHook bool) (p *place, traces, mark string) {
	t.Helper()
	top := realTemp(t)
	evil, other := filepath.Join(top, "bin", "evil"), filepath.Join(top, "other")
	traces, mark = filepath.Join(top, "traces"), filepath.Join(top, "mark")
	global := filepath.Join(top, "global.config")
	for _, dir := range []string{"bin", "traces", "w"} {
		must(t, os.Mkdir(filepath.Join(top, dir), 0o700))
	}
	must(t, os.WriteFile(evil, fmt.Appendf(nil, "#!/bin/sh\necho \"$0 $*\" >>%s\nexit 1\n", mark), 0o700))
	for _, name := range []string{"git-rev-parse", "git-ls-files", "git-cat-file", "git-remote-ext", "git-remote-evil", "ssh"} {
		must(t, os.Symlink(evil, filepath.Join(top, "bin", name)))
	}
	script := exec.Command("sh", "-euc", armed)
	script.Dir = filepath.Join(top, "w")
	script.Env = append(os.Environ(), "evil="+evil, "other="+other)
	if out, err := script.CombinedOutput(); err != nil {
		t.Fatalf("the script: %v\n%s", err, out)
	}
	must(t, os.RemoveAll(mark))
	must(t, os.WriteFile(global, fmt.Appendf(nil, "[trace2]\n\teventTarget = %s\n\tmaxFiles = 100000\n", traces), 0o600))
	p = newPlace(t, script.Dir)
	p.env = append(p.env, "GIT_CONFIG_GLOBAL="+global, "PATH="+filepath.Dir(evil)+":"+os.Getenv("PATH"))
	if inHook {
		p.env = append(p.env, hookEnv(evil, other)...)
	}
	return p, traces, mark
}

// expectTraces checks what every git was asked, and that it started nothing.
func expectTraces(t *testing.T, dir string) {
	t.Helper()
	started := 0
	names, err := filepath.Glob(dir + "/*")
	must(t, err)
	for _, name := range names {
		f, err := os.Open(name)
		must(t, err)
		defer f.Close()
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			var e struct {
				Event string
				Argv  []string
			}
			must(t, json.Unmarshal(lines.Bytes(), &e))
			switch e.Event {
			case "start":
				started++
				if !isOurs(e.Argv) {
					t.Errorf("git was asked %q", e.Argv)
				}
			case "child_start", "exec", "alias":
				t.Errorf("git has started something: %s", lines.Text())
			}
		}
		must(t, lines.Err())
	}
	if started < 10 {
		t.Errorf("%d gits have left a trace, want at least 10", started)
	}
}

// isOurs reports whether these are arguments that run no program.
func isOurs(argv []string) bool {
	const ours = "git -c core.fsmonitor=false -c core.hooksPath=/dev/null --no-replace-objects "
	call, ok := strings.CutPrefix(strings.Join(argv, " "), ours)
	if !ok {
		return false
	}
	switch verb, rest, _ := strings.Cut(call, " "); verb {
	case "rev-parse", "ls-tree":
		return true
	case "ls-files":
		return rest == "" || rest == "-z -t --stage"
	case "cat-file":
		return rest == "--batch" || rest == "--batch-all-objects --unordered --batch-check=%(objectname)"
	}
	return false
}

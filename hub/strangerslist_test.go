package hub_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
)

// strangers are the repositories, by what is odd about them.
func strangers() map[string]stranger {
	all := map[string]stranger{}
	for _, group := range []map[string]stranger{linked(), named(), flagged(), halfDone(), storedOtherwise(), refused()} {
		maps.Copy(all, group)
	}
	return all
}

// linked has links, and other things that are no regular files.
func linked() map[string]stranger {
	const gone = "deleted in the working tree; the first is "
	return map[string]stranger{
		"plain": {script: `seeded; printf '\0\377' >bin; : >empty; printf x >noeol; save`},
		"links of all kinds": {
			script: `mkdir ../outside; echo secret >../outside/key; seeded; ln -s README file; ln -s dir directory; ln -s nowhere dangling; ln -s ../outside/key out; ln -s /etc/passwd absolute; ln -s self self; save`,
		},
		"linked parent outside": {
			script: `mkdir ../outside; echo secret >../outside/key; seeded; mkdir vendor; echo mine >vendor/key; save; rm -r vendor; ln -s ../outside vendor`,
			told:   []string{gone + `"vendor/key"`},
		},
		"linked parent inside": {
			script: `seeded; mkdir vendor; echo mine >vendor/a; save; rm -r vendor; ln -s dir vendor`,
			told:   []string{gone + `"vendor/a"`},
		},
		"linked grandparent": {
			script: `mkdir -p ../outside/deep; echo secret >../outside/deep/b; seeded; rm -r dir; ln -s ../outside dir`,
			told:   []string{"2 tracked files not seeded: " + gone},
		},
		"links and files in each other's place": {script: `seeded; ln -s README l; ln -s README x; save; rm README l x; ln -s dir/a README; echo now >l; echo now >x; chmod +x x`},
		"directory in place of file":            {script: `seeded; rm README; mkdir README; echo x >README/x`, told: []string{"not a regular file; the first is \"README\""}},
		"file in place of directory":            {script: `seeded; rm -r dir; echo x >dir`, told: []string{"2 tracked files not seeded: " + gone}},
		"pipe in place of a file":               {script: `seeded; rm README; mkfifo README`, told: []string{`not a regular file; the first is "README"`}, gone: []string{"README"}},
		"pipe in place of directory":            {script: `seeded; rm -r dir; mkfifo dir`, told: []string{"2 tracked files not seeded: " + gone}},
		"large sparse file":                     {script: `seeded; truncate -s ` + large + ` big; echo end >>big; save`},
		"everything changed":                    {script: `seeded; echo changed >README; echo new >untracked; rm dir/a`, told: []string{gone + `"dir/a"`}},
		"submodule":                             {script: `(seeded ../sub); seeded; git -c protocol.file.allow=always submodule -q add "$PWD/../sub" mod; git -c protocol.file.allow=always submodule -q add "$PWD/../sub" dir/mod; save`, told: []string{`2 tracked files not seeded: a submodule; the first is "dir/mod"`}},
		"inside a submodule":                    {script: `(seeded ../sub); seeded; git -c protocol.file.allow=always submodule -q add "$PWD/../sub" mod; save`, below: "mod"},
		"linked worktree":                       {script: `(seeded ../main; git worktree add -q ../w/tree -b other); echo local >tree/README`, below: "tree"},
		"below the top of a checkout":           {script: `seeded; echo changed >dir/deep/b`, below: "dir"},
	}
}

// large is the size of a large file: the race detector hashes 3 MB a second.
var large = map[bool]string{false: "101M", true: "20M"}[raceOn]

// named has odd names.
func named() map[string]stranger {
	odd := func(n int, first string) []string {
		noun := "tracked files"
		if n == 1 {
			noun = "tracked file"
		}
		return []string{fmt.Sprintf("%d %s not seeded: with a name that Fossil cannot hold; the first is %s", n, noun, first)}
	}
	return map[string]stranger{
		"each control byte": {
			script: `seeded; i=1; while [ $i -lt 32 ]; do n="$(printf "x\\$(printf %03o $i)y.")"; echo $i >"${n%.}"; i=$((i+1)); done; echo 127 >"$(printf 'x\177y')"; save`,
			told:   odd(32, `"x\x01y"`),
		},
		"the icon file of macOS": {script: `seeded; printf x >"$(printf 'Icon\r')"; save`, told: odd(1, `"Icon\r"`)},
		"Latin-1":                {script: `seeded; echo x >"$(printf 'gr\374n')"; save`, told: odd(1, `"gr\xfcn"`)},
		"C1 control byte":        {script: `seeded; echo x >"$(printf 'a\302\233b')"; save`, told: odd(1, `"a\u009bb"`)},
		"backslash":              {script: `seeded; echo x >'a\b'; mkdir 'c\d'; echo x >'c\d/e'; save`, told: odd(2, `"a\\b"`)},
		"both forms of an umlaut": {
			script: `seeded; printf 1 >"$(printf '\303\274')"; printf 2 >"$(printf 'u\314\210')"; save`,
		},
		"characters with a meaning": {script: `seeded; for n in -x --all ':(top)x' '*' '[a]' '"q"' "'" ' lead' 'trail ' '$HOME' '#' 'a b' '~' '%41' '&<>' '!' 'dir/*'; do echo "$n" >"./$n"; done; save`},
		"Fossil's own names": {
			script: `seeded; mkdir sub; for d in . sub; do for n in _FOSSIL_ .fslckout; do for x in '' -wal -shm -journal; do echo x >"$d/$n$x"; done; done; done; echo x >.FSLCKOUT; echo x >_fossil_; echo x >manifest; echo x >manifest.uuid; echo x >.fos; mkdir .fossil-settings; echo x >.fossil-settings/ignore-glob; save`,
			told:   odd(18, `".FSLCKOUT"`),
		},
		"a name of 255 bytes":   {script: `seeded; echo x >"$(printf %0255d 1)"; save`},
		"a path of 4,100 bytes": {script: `seeded; long=$(printf %0240d 1); p=$long; i=0; while [ $i -lt 16 ]; do p=$p/$long; i=$((i+1)); done; git update-index --add --cacheinfo "100644,$(git hash-object README),$p"`, told: odd(1, `"0000`)},
		"case twins":            {script: `seeded; echo one >readme; echo two >Readme; mkdir DIR; echo three >DIR/A; save`},
		"all names odd but one": {script: `new; echo x >a; echo x >'b\c'; save`, told: odd(1, `"b\\c"`)},
		"four digits of a hash": {script: `seeded; git config core.abbrev 4`},
	}
}

// flagged has flags in its index.
func flagged() map[string]stranger {
	return map[string]stranger{
		"sparse":       {script: `seeded; sparse --no-cone /README; test ! -e dir/a`},
		"sparse cone":  {script: `seeded; mkdir -p o/p; echo 1 >o/p/q; chmod +x o/p/q; ln -s q o/p/l; save; sparse --cone dir/deep; test ! -e o/p/q`},
		"sparse index": {script: `seeded; mkdir -p o/p; echo 1 >o/p/q; save; sparse --cone --sparse-index dir; test ! -e o/p/q`},
		"present though sparse": {
			script: `seeded; sparse --no-cone /README; mkdir dir; echo local >dir/a`,
		},
		"skip-worktree":    {script: `seeded; git update-index --skip-worktree README; echo secret >README`},
		"assume-unchanged": {script: `seeded; git update-index --assume-unchanged dir/a; rm README`, told: []string{`deleted in the working tree; the first is "README"`}},
		"intent to add":    {script: `seeded; echo new >new; git add -N new`},
		"staged":           {script: `seeded; echo new >new; echo x >>README; git add -A; git rm -q --cached dir/a; echo later >new`},
		"index version 4":  {script: `seeded; git update-index --index-version 4`},
		"split index":      {script: `seeded; git update-index --split-index; echo more >more; git add more`},
		"untracked cache":  {script: `seeded; git update-index --force-untracked-cache`},
		"sparse with a link in its place": {
			script: `mkdir ../outside; echo secret >../outside/a; seeded; sparse --no-cone /README; ln -s ../outside dir`,
			told:   []string{`deleted in the working tree; the first is "dir/a"`},
		},
	}
}

// halfDone is in the middle of something.
func halfDone() map[string]stranger {
	const fork = `seeded; git checkout -q -b side; echo theirs >README; echo other >side; save side; git checkout -q main; echo ours >README; save ours; `
	const unmerged = `1 path is not merged, the first is "README": the base has HEAD's content`
	readme := []string{"README"}
	return map[string]stranger{
		"merge with a conflict":  {script: fork + `! git merge side`, told: []string{"in the middle of a merge; " + unmerged}, head: readme},
		"merge without conflict": {script: `seeded; git checkout -q -b side; echo x >side; save; git checkout -q main; echo y >y; save; git merge -q --no-commit side`, told: []string{"in the middle of a merge"}},
		"rebase stopped":         {script: fork + `! git rebase -q side`, told: []string{"in the middle of a rebase; " + unmerged}, head: readme},
		"rebase by am":           {script: fork + `! git rebase -q --apply side`, told: []string{"in the middle of a rebase or am; " + unmerged}, head: readme},
		"cherry-pick stopped":    {script: fork + `! git cherry-pick side`, told: []string{"in the middle of a cherry-pick; " + unmerged}, head: readme},
		"revert stopped":         {script: fork + `echo again >README; save again; ! git revert --no-edit HEAD~1`, told: []string{"in the middle of a revert; " + unmerged}, head: readme},
		"bisect":                 {script: fork + `git bisect start -q HEAD HEAD~1 || true`, told: []string{"in the middle of a bisect"}},
		"stash with a conflict":  {script: `seeded; echo mine >README; git stash -q; echo theirs >README; save; ! git stash pop -q`, told: []string{unmerged}, head: readme},
		"deleted by us": {
			script: `seeded; git checkout -q -b side; echo theirs >README; save; git checkout -q main; git rm -q README; save; ! git merge side`,
			told:   []string{`1 path is not merged`, `not merged and not in HEAD; the first is "README"`}, head: readme,
		},
		"deleted by them": {
			script: `seeded; git checkout -q -b side; git rm -q README; save; git checkout -q main; echo ours >README; save; ! git merge side`,
			told:   []string{`1 path is not merged`}, head: readme,
		},
		"added by both": {
			script: `seeded; git checkout -q -b side; echo theirs >new; save; git checkout -q main; echo ours >new; chmod +x new; save; ! git merge side`,
			told:   []string{`1 path is not merged`}, head: []string{"new"},
		},
		"file against directory": {
			script: `seeded; git checkout -q -b side; git rm -q README; mkdir README; echo x >README/x; save; git checkout -q main; echo ours >README; save; ! git merge side`,
			told:   []string{"1 path is not merged", `not merged and not in HEAD; the first is "README~HEAD"`}, head: []string{"README~HEAD"},
		},
		"file above another": {
			script: `seeded; blob=$(git hash-object README); printf '100644 %s 2\tREADME\n100644 %s 0\tREADME/x\n' $blob $blob | git update-index --index-info; rm README; mkdir README; echo x >README/x`,
			told:   []string{"1 path is not merged", `below the name of another file; the first is "README/x"`}, head: readme, gone: []string{"README/x"},
		},
	}
}

// storedOtherwise keeps its objects or refs in another way.
func storedOtherwise() map[string]stranger {
	all := map[string]stranger{
		"SHA-256": {script: `new --object-format=sha256; echo x >x; ln -s x l; save; git update-index --skip-worktree x`},
		"shallow": {script: `(seeded ../full; echo 2 >README; save); git clone -q --depth 1 "file://$PWD/../full" .`},
		"partial": {script: `(seeded ../full; git config uploadpack.allowFilter true); git clone -q --filter=blob:none "file://$PWD/../full" .`},
		"partial, with objects missing": {
			script: `(seeded ../full; git config uploadpack.allowFilter true); git clone -q --filter=blob:none --sparse "file://$PWD/../full" .; rm -rf ../full`,
			told:   []string{`2 tracked files not seeded: missing in git's object store; the first is "dir/a"`}, gone: []string{"dir/a", "dir/deep/b"},
		},
		"alternates":            {script: `(seeded ../full); git clone -q --shared ../full .; sparse --no-cone /README`},
		"packed":                {script: `seeded; git tag v1; git gc -q; git pack-refs --all; sparse --no-cone /README`},
		"detached":              {script: `seeded; git checkout -q --detach`},
		"replaced objects":      {script: `seeded; echo fake >f; git replace "$(git hash-object README)" "$(git hash-object -w f)"; rm f; git update-index --skip-worktree README`},
		"signatures in the log": {script: `seeded; git config log.showSignature true`},
		"a tree among the files": {
			script: `seeded; git update-index --add --cacheinfo "100644,$(git rev-parse HEAD:dir),odd"; git update-index --skip-worktree odd`,
			told:   []string{`missing in git's object store; the first is "odd"`}, gone: []string{"odd"},
		},
	}
	if exec.Command("git", "init", "-q", "--ref-format=reftable", os.DevNull+"/x").Run() == nil {
		all["reftable"] = stranger{script: `new --ref-format=reftable; echo x >x; save`}
	}
	return all
}

// refused shows nothing that a repository could be seeded from.
func refused() map[string]stranger {
	all := map[string]stranger{
		"no repository":         {script: `echo x >x`, refused: "not a git repository", next: "git init"},
		"no commit":             {script: `new`, refused: "has no commit", next: "git commit"},
		"staged only":           {script: `new; echo x >x; git add x`, refused: "staged but nothing is committed", next: "git commit"},
		"nothing in it":         {script: `new; git commit -q --allow-empty -m x`, refused: "tracks no file", next: "git add"},
		"orphan branch":         {script: `seeded; git checkout -q --orphan new; git rm -q -rf .`, refused: "has no commit", next: "git commit"},
		"bare":                  {script: `git init -q --bare .`, refused: "bare", next: "git worktree add"},
		"bare with commits":     {script: `(seeded ../full); git clone -q --bare ../full .`, refused: "bare", next: "git worktree add"},
		"all deleted":           {script: `seeded; rm -r README dir`, refused: "3 tracked files not seeded: deleted", next: "git status"},
		"work tree elsewhere":   {script: `mkdir ../outside; seeded; git config core.worktree "$PWD/../outside"`, refused: "core.worktree", next: "git config --unset"},
		"work tree above":       {script: `seeded; git config core.worktree "$PWD/.."`, refused: "core.worktree", next: "git config --unset"},
		"work tree nowhere":     {script: `seeded; git config core.worktree /nonexistent/x`, refused: "Invalid path", next: "git status"},
		"junk in HEAD":          {script: `seeded; echo junk >.git/HEAD`, refused: "git rev-parse: fatal: not a git repository", next: "git status"},
		"junk in a branch":      {script: `seeded; echo junk >.git/refs/heads/main`, refused: "cannot read the repository", next: "git status"},
		"commit missing":        {script: `seeded; rm -r .git/objects; mkdir .git/objects`, refused: "cannot read the repository", next: "git status"},
		"index damaged":         {script: `seeded; echo junk >.git/index`, refused: "index file", next: "git status"},
		"configuration damaged": {script: `seeded; echo '[' >>.git/config`, refused: "bad config line", next: "git status"},
		"git file to nowhere":   {script: `echo 'gitdir: /nonexistent/x' >.git`, refused: "not a git repository: /nonexistent/x", next: "git status"},
		"unknown extension":     {script: `seeded; git config core.repositoryFormatVersion 1; git config extensions.hologram true`, refused: "hologram", next: "git status"},
		"state tracked":         {script: `seeded; mkdir -p .bones/coord; echo x >.bones/hub.fossil; ln -s /etc .bones/coord/jetstream; save`, refused: `tracks ".bones/coord/jetstream", in the hub's state directory, and 1 more`, next: "`git rm -r .bones` removes the files"},
		"state is a link":       {script: `mkdir ../outside; seeded; ln -s ../outside .bones; save`, refused: `tracks ".bones"`, next: "--trust-state"},
		"state is a submodule":  {script: `(seeded .bones); seeded; save`, refused: `tracks ".bones"`, next: "--trust-state"},
		"marker is a link":      {script: `seeded; mkdir .bones; ln -s /etc/hostname .bones/agent.id; save`, refused: `tracks ".bones/agent.id"`, next: "--trust-state"},
	}
	if os.Geteuid() == 0 {
		all["another user's"] = stranger{script: `seeded; chown -R 12345 .`, refused: "dubious ownership", next: "git status"}
	}
	return all
}

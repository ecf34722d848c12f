// Package adding follows docs/adding-a-kind.md in a copy of the repository.
package adding

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	root = "../.."
	page = "docs/adding-a-kind.md"
	// most is how many lines a kind may cost beside its types.
	most = 120
)

// migrations are made by a command of the page.
const migrations = "internal/store/sqlstore/migrations/*/*_ssh_keys.sql"

// made are all files that are there for the kind alone and come from commands of the page.
var made = []string{migrations, "config/crd/bases/*_sshkeys.yaml", "charts/account-operator/files/crds/*_sshkeys.yaml"}

// since is what was built on the kind since it was added, which the copy is without until the page has added it: account holders keep keys by
// programs of theirs, too. Empty: the whole file.
var since = map[string][]string{
	"internal/accountapi/sections.go":             {"\t\t{\"SSH keys\", s.sshKeyRoutes()},\n"},
	"internal/accountapi/sshkeys.go":              nil,
	"internal/portal/turns_holder_ssh_keys.go":    nil,
	"internal/store/holder.go":                    {"\tHeldSSHKeys\n"},
	"internal/store/holder_ssh_keys.go":           nil,
	"internal/store/sqlstore/holder_ssh_keys.go":  nil,
	"internal/store/storetest/holder_ssh_keys.go": nil,
	"internal/store/storetest/run.go":             {"heldSSHKeys, "},
}

// notCounted are the types of the API, a sample, what tests need to know of a kind, and what services read of it.
var notCounted = regexp.MustCompile(`_types\.go$|/storetest/|^config/samples/|^internal/reader/|^pkg/`)

// Given the page, when the lines of its listings are counted, then they are as many as it says, and no more than a kind may cost.
func TestAddingAKind_Lines_AreFew(t *testing.T) {
	text, lines := content(t, filepath.Join(root, page)), 0
	steps, err := read(text)
	must(t, err)
	for _, s := range steps {
		if !notCounted.MatchString(s.path) {
			lines += s.added()
		}
	}
	if lines > most {
		t.Errorf("a kind costs %d lines, of at most %d", lines, most)
	}
	if said := "these are " + strconv.Itoa(lines) + " lines"; !strings.Contains(text, said) {
		t.Errorf("the page does not say that %s", said)
	}
}

// Given a copy of the repository without all that the page has, in which nothing names the kind, when the page is followed, listing by
// listing and command by command, then each command does what it is for, and the copy is the repository again.
func TestAddingAKind_Followed_GivesTheRepository(t *testing.T) {
	steps, err := read(content(t, filepath.Join(root, page)))
	must(t, err)
	c := newCopy(t)

	// Given the copy without the kind
	for _, s := range slices.Backward(steps) {
		if s.commands == nil {
			must(t, s.undo(c.folder))
		}
	}
	c.withoutSince()
	numbered := c.glob(migrations)
	c.withoutMade()
	c.run("make generate")
	c.hasNothingOf("sshkey")

	// When the page is followed
	for _, s := range steps {
		if s.commands == nil {
			must(t, s.do(c.folder))
		}
		if s.commands != nil {
			c.withSince()
		}
		for _, command := range s.commands {
			c.run(command)
		}
		for i, name := range c.glob(migrations) { // it has the next number: the copy has migrations that came later
			must(t, os.Rename(name, numbered[i]))
		}
	}

	// Then it is the repository
	if differs := c.run("git status --porcelain"); differs != "" {
		t.Errorf("the copy differs from the repository:\n%s\n%s", differs, c.run("git diff"))
	}
}

// copied is a repository of its own with the files of this one.
type copied struct {
	*testing.T
	folder string
	files  []string
}

func newCopy(t *testing.T) copied {
	t.Helper()
	listed, err := exec.Command("git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Skip("the files of the repository cannot be listed: ", err)
	}
	c := copied{t, t.TempDir(), strings.Fields(string(listed))}
	for _, name := range c.files {
		c.take(name)
	}
	// The programs of the control plane are no files of the repository, and the copy has those that are built here.
	const built = "hack/controlplane/bin"
	here, err := filepath.Abs(filepath.Join(root, built))
	must(t, err)
	must(t, os.Symlink(here, filepath.Join(c.folder, built)))
	c.run("make generate") // or else what was not generated before would be taken for the page's fault
	c.run("git init --quiet && git add --all && git -c user.name=test -c user.email=test@example.com commit --quiet --message=copy")
	return c
}

func (c copied) take(name string) {
	c.Helper()
	from, to := filepath.Join(root, name), filepath.Join(c.folder, name)
	info, err := os.Lstat(from)
	if os.IsNotExist(err) {
		return // deleted, and not committed yet
	}
	must(c.T, err)
	must(c.T, os.MkdirAll(filepath.Dir(to), 0o750))
	if info.Mode()&os.ModeSymlink != 0 {
		target, err := os.Readlink(from)
		must(c.T, err)
		must(c.T, os.Symlink(target, to))
		return
	}
	text, err := os.ReadFile(from)
	must(c.T, err)
	must(c.T, os.WriteFile(to, text, info.Mode()))
}

func (c copied) withoutMade() {
	c.Helper()
	for _, pattern := range made {
		for _, name := range c.glob(pattern) {
			must(c.T, os.Remove(name))
		}
	}
}

func (c copied) withoutSince() {
	c.Helper()
	for name, parts := range since {
		path := filepath.Join(c.folder, name)
		if parts == nil {
			must(c.T, os.Remove(path))
			continue
		}
		text := content(c.T, path)
		for _, part := range parts {
			if strings.Count(text, part) != 1 {
				c.Errorf("%s does not have %q once", name, part)
			}
			text = strings.Replace(text, part, "", 1)
		}
		must(c.T, os.WriteFile(path, []byte(text), 0o600))
	}
}

// withSince takes what is there already as it is.
func (c copied) withSince() {
	c.Helper()
	for name := range since {
		c.take(name)
	}
}

// ofACopy is what commands in a copy have in their environment: each go command takes from the build cache what an earlier copy had too,
// wherever that stood, and a make command nothing of the one that runs this test.
var ofACopy = []string{"GOFLAGS=-trimpath -vet=off", "CGO_ENABLED=0", "GOWORK=off", "MAKEFLAGS=", "MAKELEVEL="}

// run runs a command in the copy.
func (c copied) run(command string) string {
	c.Helper()
	cmd := exec.CommandContext(c.Context(), "sh", "-c", command)
	cmd.Dir, cmd.Env = c.folder, append(os.Environ(), ofACopy...)
	begun := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		c.Fatalf("%s: %v\n%s", command, err, out)
	}
	c.Logf("%s: %s, of the processors %s", command, time.Since(begun).Round(time.Millisecond),
		(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Round(time.Millisecond))
	return string(out)
}

// glob are the files of a pattern.
func (c copied) glob(pattern string) []string {
	c.Helper()
	found, err := filepath.Glob(filepath.Join(c.folder, pattern))
	must(c.T, err)
	return found
}

// inProse are where people read of the kind, what only tests have, and the words of the account API's clients.
var inProse = regexp.MustCompile(`_test\.go$|/testdata/|\.md$|^hack/(demo|docs)/|^test/|/NOTES\.txt$|/internal/fixture/|^internal/accountapi/`)

// hasNothingOf makes sure that nothing but prose and tests names the kind: then the page has all of it.
func (c copied) hasNothingOf(kind string) {
	c.Helper()
	for _, name := range strings.Fields(c.run("git ls-files")) {
		if inProse.MatchString(name) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(c.folder, name))
		if err != nil {
			continue // taken out, or a link
		}
		if strings.Contains(strings.ReplaceAll(strings.ToLower(string(text)), "_", ""), kind) {
			c.Errorf("without what the page has, %s still names %s", name, kind)
		}
	}
}

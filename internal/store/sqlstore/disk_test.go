package sqlstore_test

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/fault"
	"github.com/account-operator/account-operator/test/long"
)

// Given a store that writes, when its process is killed as it asks for the disk, then all that was acknowledged is there,
// whole, and nothing else but the write that was under way.
func TestSQLite_KilledAtAnySync_KeepsWhatItAcknowledged(t *testing.T) {
	undisturbed := newDisk(t)
	undisturbed.run("signal=KILL:when=60000", "fsync,fdatasync")
	syncs := undisturbed.syncs
	if syncs < writesEach {
		t.Fatalf("void: %d writes are acknowledged, and the disk was asked %d times", writesEach, syncs)
	}
	for n := 1; n <= syncs; n += long.Choose(9, 1) {
		t.Run(fmt.Sprintf("at %d of %d", n, syncs), func(t *testing.T) {
			t.Parallel()
			fired := fault.Begin(t, fault.Case{
				Goal: "G21", Workload: "writes", Trigger: fmt.Sprint("fsync ", n), Action: "SIGKILL", Dialect: "sqlite",
			})
			d := newDisk(t)
			d.run(fmt.Sprintf("signal=KILL:when=%d", n), "fsync,fdatasync")
			if d.killed {
				fired.Add(1)
			}
			d.isWhole()
		})
	}
}

// Given a store that writes, when the disk refuses a call, once or from then on, then the write that needed it is not
// acknowledged, and all that were are there.
func TestSQLite_DiskRefuses_AcknowledgesNothing(t *testing.T) {
	for _, c := range []struct {
		call, with string
		among      int // of so many calls
	}{
		{"pwrite64", "EIO", 60}, {"pwrite64", "ENOSPC", 60}, {"fsync,fdatasync", "EIO", writesEach}, {"fsync,fdatasync", "ENOSPC", writesEach},
	} {
		for n := range long.Choose(2, 16) {
			t.Run(fmt.Sprintf("%s of %s, %d", c.with, c.call, n), func(t *testing.T) {
				t.Parallel()
				fired := fault.Begin(t, fault.Case{
					Goal: "G21", Workload: "writes", Trigger: c.call, Action: c.with, Dialect: "sqlite", Seed: uint64(n),
				})
				rng := rand.New(rand.NewPCG(uint64(n), 0)) //nolint:gosec // which call is refused need not be secret
				d := newDisk(t)
				d.prepare()
				d.run(fmt.Sprintf("error=%s:when=%d", c.with, 1+rng.IntN(c.among)), c.call)
				fired.Add(int64(d.injected))
				d.isWhole()
			})
		}
	}
}

// Given a log of acknowledged writes, when it is cut anywhere, then the writes before the cut are there, each whole, and
// the file is sound.
func TestSQLite_LogCut_HasAllBeforeTheCut(t *testing.T) {
	d := newDisk(t)
	o := options(t)
	closeStore(t, open(t, "sqlite://"+d.path, o)) // brings the log into the file
	s := open(t, "sqlite://"+d.path, o)
	fenced, err := s.Lead(t.Context(), "c", "l")
	must(t, err)
	_, err = fenced.PutAccount(t.Context(), claim(store.KindAccount, "alice"), store.AccountSpec{Email: "alice@example.com"}, store.Mark{})
	must(t, err)
	must(t, setBoth(t.Context(), fenced, "0"))
	ends := []int64{size(t, d.path+"-wal")} // of the log, after each write
	for n := 1; n <= 40; n++ {
		must(t, setBoth(t.Context(), fenced, strconv.Itoa(n)))
		ends = append(ends, size(t, d.path+"-wal"))
	}
	if !slices.IsSorted(ends) || len(slices.Compact(slices.Clone(ends))) != len(ends) {
		t.Fatal("void: the log was begun again")
	}
	file, log := contents(t, d.path), contents(t, d.path+"-wal")
	for n := range 64 {
		cut := ends[0] + (int64(len(log))-ends[0])*int64(n)/63
		t.Run(fmt.Sprint("after ", cut, " bytes"), func(t *testing.T) {
			fired := fault.Begin(t, fault.Case{Goal: "G21", Workload: "writes", Trigger: fmt.Sprint("byte ", cut), Action: "log cut", Dialect: "sqlite"})
			path := filepath.Join(t.TempDir(), "accounts.db")
			must(t, os.WriteFile(path, file, 0o600))
			must(t, os.WriteFile(path+"-wal", log[:cut], 0o600))
			fired.Add(1)
			before, _ := slices.BinarySearch(ends, cut+1)
			cutStore := open(t, "sqlite://"+path, o)
			fenced, err := cutStore.Lead(t.Context(), "c", "l")
			must(t, err)
			if err := holds(t.Context(), fenced, strconv.Itoa(before-1)); err != nil {
				t.Error(err)
			}
			findings, err := cutStore.Verify(t.Context())
			must(t, err)
			if len(findings) > 0 {
				t.Error(findings)
			}
		})
	}
}

// A disk of 2 MiB that is mounted for one process.
func TestSQLite_DiskFull_SaysSoAndGoesOnWhenThereIsRoom(t *testing.T) {
	fired := fault.Begin(t, fault.Case{Goal: "G21", Workload: "writes", Trigger: "2 MiB", Action: "disk full", Dialect: "sqlite"})
	d := newDisk(t)
	must(t, os.Mkdir(filepath.Join(filepath.Dir(d.path), "small"), 0o700))
	command := process(t, "fill", filepath.Join(filepath.Dir(d.path), "small", "accounts.db"), d.keyset)
	command.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	said, err := command.Output()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC) {
		t.Skip("this system lets nobody mount a disk of his own")
	}
	if err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	fired.Add(1)
}

// disk is a folder with a store's file, and what a process said that wrote to it.
type disk struct {
	*testing.T
	path, keyset string

	acknowledged    []string
	failures        []string
	syncs, injected int
	killed          bool
}

func newDisk(t *testing.T) *disk {
	t.Helper()
	folder := t.TempDir()
	d := &disk{T: t, path: filepath.Join(folder, "accounts.db"), keyset: filepath.Join(folder, "keyset.json")}
	must(t, os.WriteFile(d.keyset, newKeyset(t), 0o600))
	return d
}

// prepare makes the file, so that what fails is a write and not the beginning.
func (d *disk) prepare() {
	d.Helper()
	o := options(d)
	o.Sealer = load(d, contents(d.T, d.keyset))
	closeStore(d, open(d, "sqlite://"+d.path, o))
}

// run runs a process that writes, with calls that strace tampers with (its --inject).
func (d *disk) run(inject, calls string) {
	d.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil || exec.CommandContext(d.Context(), strace, "-qq", "-o", "/dev/null", "true").Run() != nil {
		d.Skip("no strace, or none that may look into another process; next step: apt-get install -y strace")
	}
	trace := filepath.Join(d.TempDir(), "trace")
	command := process(d.T, "insist", d.path, d.keyset)
	command.Args = append([]string{strace, "-f", "-qq", "-o", trace, "-e", "trace=" + calls, "-e", "inject=" + calls + ":" + inject}, command.Args...)
	command.Path = strace
	said, err := command.Output()
	if ended := (*exec.ExitError)(nil); err != nil && !errors.As(err, &ended) {
		d.Fatal(err)
	}
	d.killed = command.ProcessState.Sys().(syscall.WaitStatus).Signaled()
	for lines := bufio.NewScanner(strings.NewReader(string(said))); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), failedLine) {
			d.failures = append(d.failures, lines.Text())
			continue
		}
		d.acknowledged = append(d.acknowledged, lines.Text())
	}
	traced := string(contents(d.T, trace))
	d.syncs, d.injected = strings.Count(traced, "sync("), strings.Count(traced, "(INJECTED)")
}

// isWhole opens what is there, with a disk that works.
func (d *disk) isWhole() {
	d.Helper()
	last := 0
	if n := len(d.acknowledged); n > 0 {
		last, _ = strconv.Atoi(d.acknowledged[n-1])
	}
	o := options(d)
	o.Sealer = load(d, contents(d.T, d.keyset))
	s := open(d, "sqlite://"+d.path, o)
	findings, err := s.Verify(d.Context())
	must(d, err)
	if len(findings) > 0 {
		d.Error(findings)
	}
	fenced, err := s.Lead(d.Context(), "c", "l")
	must(d, err)
	if _, err := fenced.Account(d.Context(), claim(store.KindAccount, "alice")); errors.Is(err, store.ErrNotFound) && last == 0 {
		return
	}
	a, b := value(d, fenced, "A"), value(d, fenced, "B")
	if got, _ := strconv.Atoi(a); a != b || got != last && got != last+1 {
		d.Errorf("acknowledged %d, found %q and %q; failures: %q", last, a, b, d.failures)
	}
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	return info.Size()
}

func contents(t *testing.T, path string) []byte {
	t.Helper()
	all, err := os.ReadFile(path)
	must(t, err)
	return all
}

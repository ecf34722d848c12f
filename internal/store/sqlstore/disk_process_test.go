package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// writesEach is how many numbers a process writes whose disk fails.
const writesEach = 12

const failedLine = "failed"

// insist is a manager that writes the numbers up to writesEach, each until it is acknowledged, and says what was acknowledged.
// At the end it closes the store, which brings the log into the file.
func insist() int {
	runtime.LockOSThread() // strace counts the calls of each thread
	ctx := context.Background()
	s, fenced, err := begun(ctx, os.Getenv(pathVariable))
	if err != nil {
		fmt.Fprintln(os.Stdout, failedLine, err)
		return 1
	}
	for n := 1; n <= writesEach; {
		if err := setBoth(ctx, fenced, strconv.Itoa(n)); err != nil {
			fmt.Fprintln(os.Stdout, failedLine, err)
			continue
		}
		fmt.Fprintln(os.Stdout, n)
		n++
	}
	if err := s.Close(); err != nil {
		fmt.Fprintln(os.Stdout, failedLine, err)
	}
	return 0
}

// begun opens the store and makes sure that alice is there.
func begun(ctx context.Context, path string) (*sqlstore.Store, store.FencedStore, error) {
	sealer, err := seal.LoadFile(os.Getenv(keysetVariable))
	if err != nil {
		return nil, nil, err
	}
	s, err := sqlstore.Open(ctx, "sqlite://"+path, sqlstore.Options{Sealer: sealer, MigrateOnOpen: true})
	if err != nil {
		return nil, nil, err
	}
	fenced, err := s.Lead(ctx, "c", "l")
	if err != nil {
		return nil, nil, err
	}
	_, err = fenced.PutAccount(ctx, claim(store.KindAccount, "alice"), store.AccountSpec{Email: "alice@example.com"}, store.Mark{})
	return s, fenced, err
}

// setBoth writes one value to two variables.
func setBoth(ctx context.Context, fenced store.FencedStore, value string) error {
	return fenced.SyncEnvVars(ctx, claim(store.KindAccount, "alice"), claim(store.KindEnvVarSet, "env"), func([]store.EnvVar) (p store.EnvVarPlan) {
		for _, name := range []string{"A", "B"} {
			p.Changes = append(p.Changes, store.EnvVarChange{Op: store.EnvVarSet, Name: name, Value: store.NewSecret([]byte(value))})
		}
		return p
	})
}

// fill is a manager on a disk of its own of 2 MiB, which it fills. It ends well when the store says that the disk is full,
// has all that was acknowledged, and writes again when there is room.
func fill() int {
	if err := fillDisk(context.Background(), filepath.Dir(os.Getenv(pathVariable))); err != nil {
		fmt.Fprintln(os.Stdout, err)
		return 1
	}
	return 0
}

func fillDisk(ctx context.Context, folder string) error {
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=2m"); err != nil {
		return fmt.Errorf("mounting a small disk: %w", err)
	}
	s, fenced, err := begun(ctx, os.Getenv(pathVariable))
	if err != nil {
		return err
	}
	written := 0
	for ; written < 1000 && err == nil; written++ {
		err = setBoth(ctx, fenced, large(written))
	}
	written -= 2 // the last one that was acknowledged
	if err == nil || !strings.Contains(err.Error(), "the disk is full") {
		return fmt.Errorf("after %d writes to a disk that is full it says: %w", written, err)
	}
	if err := holds(ctx, fenced, large(written)); err != nil {
		return fmt.Errorf("while the disk is full: %w", err)
	}
	if err := syscall.Mount("tmpfs", folder, "tmpfs", syscall.MS_REMOUNT, "size=16m"); err != nil {
		return fmt.Errorf("making the disk larger: %w", err)
	}
	if err := setBoth(ctx, fenced, "again"); err != nil {
		return fmt.Errorf("writing when there is room: %w", err)
	}
	return errors.Join(holds(ctx, fenced, "again"), s.Close())
}

// large differs with n, and is much for a small disk: the log takes each again.
func large(n int) string { return fmt.Sprint(n, " ", strings.Repeat("x", 20_000)) }

func holds(ctx context.Context, fenced store.FencedStore, want string) error {
	var got []string
	err := fenced.SyncEnvVars(ctx, claim(store.KindAccount, "alice"), claim(store.KindEnvVarSet, "looker"), func(have []store.EnvVar) store.EnvVarPlan {
		got = nil
		for _, v := range have {
			got = append(got, string(v.Value.Reveal()))
		}
		return store.EnvVarPlan{}
	})
	if err == nil && (len(got) != 2 || got[0] != want || got[1] != want) {
		err = fmt.Errorf("the store holds %.20q, want %.20q twice", got, want)
	}
	return err
}

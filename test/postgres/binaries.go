package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// oldest is the major version that the operator promises to work with.
const oldest = 15

// binaries is the folder of the newest server that was found.
type binaries struct {
	folder string
	major  int
}

func (b binaries) path(name string) string { return filepath.Join(b.folder, name) }

// errMissing names the line to type for those whose system has it.
var errMissing = errors.New("no PostgreSQL 15 or newer on this machine; next step: apt-get install -y postgresql (as root), or hack/install-postgres.sh")

// findBinaries looks where Debian keeps each version, out of reach of PATH, and
// then in PATH, where everybody else has them.
func findBinaries(ctx context.Context) (binaries, error) {
	folders, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	found := serversIn(ctx, folders)
	if len(found) == 0 {
		found = serversIn(ctx, filepath.SplitList(os.Getenv("PATH")))
	}
	found = slices.DeleteFunc(found, func(b binaries) bool { return !wanted(b.major) })
	if len(found) == 0 {
		return binaries{}, cmp.Or(ctx.Err(), errMissing) // given up, nothing was looked at
	}
	return slices.MaxFunc(found, func(a, b binaries) int { return a.major - b.major }), nil
}

// variable names a major version to run in the place of the newest.
const variable = "ACCOUNT_OPERATOR_TEST_POSTGRES"

func wanted(major int) bool {
	only := os.Getenv(variable)
	return only == "" || only == strconv.Itoa(major)
}

// serversIn returns which of the folders hold a server that is new enough.
func serversIn(ctx context.Context, folders []string) []binaries {
	var found []binaries
	for _, folder := range folders {
		b := binaries{folder: folder}
		if _, err := os.Stat(b.path("initdb")); err != nil {
			continue
		}
		if major, err := majorVersion(ctx, b.path("postgres")); err == nil && major >= oldest {
			b.major = major
			found = append(found, b)
		}
	}
	return found
}

var versionLine = regexp.MustCompile(`^postgres \(PostgreSQL\) (\d+)`)

func majorVersion(ctx context.Context, server string) (int, error) {
	out, err := exec.CommandContext(ctx, server, "--version").Output()
	if err != nil {
		return 0, err
	}
	match := versionLine.FindSubmatch(out)
	if match == nil {
		return 0, fmt.Errorf("%s does not tell its version: %q", server, out)
	}
	return strconv.Atoi(string(match[1]))
}

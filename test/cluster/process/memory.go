package process

import (
	"os"
	"syscall"
)

// inMemory is where Linux keeps files in memory.
const inMemory = "/dev/shm"

// room is what has to be free there: several times what the servers of a test run write at once.
const room = 4 << 30

// VolatileFolder is a TemporaryFolder whose files need not outlast this machine: where there is room for it, it is in memory. Whoever
// sets TMPDIR has it there.
//
// A server of databases that come and go makes and removes hundreds of files for each of them, and on a disk the kernel takes more
// time to find free places for these than the server takes for everything else.
func VolatileFolder(prefix string) (*Folder, error) {
	if os.Getenv("TMPDIR") == "" && hasRoom(inMemory) {
		if f, err := temporaryFolder(inMemory, prefix); err == nil {
			return f, nil
		}
	}
	return TemporaryFolder(prefix)
}

func hasRoom(folder string) bool {
	var s syscall.Statfs_t
	return syscall.Statfs(folder, &s) == nil && s.Bavail*uint64(s.Bsize) >= room //nolint:gosec // a size is not negative
}

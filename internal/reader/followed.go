package reader

import (
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"github.com/go-logr/logr"
)

// A file is looked at again after fileLook, and is at most fileMost long.
const (
	fileLook = time.Second
	fileMost = 1 << 20
)

// followed is what a file says, which is read again when it changes. Where it cannot be read then, or is not right, what it said before holds.
type followed[T any] struct {
	path, what string
	parse      func([]byte) (T, error)
	log        logr.Logger

	mu      sync.Mutex
	looked  time.Time
	seen    os.FileInfo
	said    T
	trouble string // that was logged
}

// follow reads the file, which has to be right at first.
func follow[T any](path, what string, log logr.Logger, parse func([]byte) (T, error)) (*followed[T], error) {
	f := &followed[T]{path: path, what: what, parse: parse, log: log, looked: time.Now()}
	return f, f.load()
}

func (f *followed[T]) load() error {
	file, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	if f.seen, err = file.Stat(); err != nil {
		return err
	}
	text, err := io.ReadAll(io.LimitReader(file, fileMost+1))
	if err == nil && len(text) > fileMost {
		err = errors.New("the file is too long")
	}
	if err != nil {
		return err
	}
	said, err := f.parse(text)
	if err == nil {
		f.said = said
	}
	return err
}

// now is what it says. Each trouble is logged once.
func (f *followed[T]) now() T {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.looked) < fileLook {
		return f.said
	}
	f.looked = time.Now()
	now, err := os.Stat(f.path)
	switch {
	case err == nil && f.isSeen(now):
		return f.said
	case err == nil:
		err = f.load()
	}
	trouble := ""
	if err != nil {
		trouble = err.Error()
	}
	if trouble != "" && trouble != f.trouble {
		f.log.Error(err, "a file cannot be taken up again; what it said before holds", "what", f.what, "file", f.path)
	}
	f.trouble = trouble
	return f.said
}

func (f *followed[T]) isSeen(now os.FileInfo) bool {
	return now.ModTime().Equal(f.seen.ModTime()) && now.Size() == f.seen.Size() && os.SameFile(now, f.seen)
}

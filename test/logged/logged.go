// Package logged keeps what a program logs, so that a test can look for what must not be in it.
package logged

import (
	"bytes"
	"sync"

	"github.com/go-logr/logr"
	"github.com/go-logr/logr/funcr"
)

// Log is a log at its highest level. The zero value is empty and ready.
type Log struct {
	mu  sync.Mutex
	all bytes.Buffer
}

// Logger writes to it, from any goroutine.
func (l *Log) Logger() logr.Logger {
	return funcr.New(func(_, args string) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.all.WriteString(args + "\n")
	}, funcr.Options{Verbosity: 100})
}

// Bytes is a copy of what was logged so far.
func (l *Log) Bytes() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Clone(l.all.Bytes())
}

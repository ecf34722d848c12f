package gate

import (
	"context"
	"net/http"
)

// watcher is who gets what a watch sends, unless the gate holds that back.
type watcher struct {
	http.ResponseWriter
	gate *Gate
	ctx  context.Context // of the watch
}

// Write implements io.Writer.
func (w *watcher) Write(said []byte) (int, error) {
	w.gate.mu.Lock()
	held := w.gate.held
	w.gate.mu.Unlock()
	if held != nil {
		select {
		case <-held:
		case <-w.ctx.Done():
		case <-w.gate.shut:
		}
	}
	return w.ResponseWriter.Write(said)
}

// Unwrap is for http.ResponseController: a watch is flushed line by line.
func (w *watcher) Unwrap() http.ResponseWriter { return w.ResponseWriter }

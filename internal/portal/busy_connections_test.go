package portal

import (
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// Given as many connections as there may be, the oldest of which has a request on its way, when another comes, then one without a request is
// closed; only where all have one, the oldest is.
func TestConnections_TooMany_ThoseWithoutARequestGoFirst(t *testing.T) {
	all := newConnections(nil)
	visitors := make([]net.Conn, 0, maxConnections+1)
	come := func() net.Conn {
		visitor, served := net.Pipe()
		t.Cleanup(func() { _ = visitor.Close(); _ = served.Close() })
		all.changed(served, http.StateNew)
		visitors = append(visitors, visitor)
		return served
	}
	busy := come()
	all.changed(busy, http.StateActive)
	for range maxConnections - 1 {
		come()
	}

	last := come()

	if !closed(visitors[1]) || len(all.open) != maxConnections || all.open[busy] == nil {
		t.Errorf("the one without a request is closed: %t; %d are open, among them the busy one: %t", closed(visitors[1]), len(all.open), all.open[busy] != nil)
	}
	for served := range all.open {
		all.changed(served, http.StateActive)
	}
	all.changed(last, http.StateIdle)
	all.changed(last, http.StateActive)
	come()
	if len(all.open) != maxConnections || all.open[last] == nil {
		t.Errorf("%d are open, among them the newest: %t", len(all.open), all.open[last] != nil)
	}
}

func closed(visitor net.Conn) bool {
	_ = visitor.SetWriteDeadline(time.Now().Add(time.Second))
	_, err := visitor.Write([]byte("x"))
	return errors.Is(err, io.ErrClosedPipe)
}

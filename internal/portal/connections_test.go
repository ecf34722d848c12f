package portal_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"testing"
	"time"
)

// holder is a stranger who only holds connections.
type holder struct {
	*testing.T
	open []net.Conn
}

// hold opens so many connections from the address, and sends half a request on every second of them.
func (h *holder) hold(s *scene, from string, connections int) {
	h.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	for n := range connections {
		c, err := dialer.DialContext(h.Context(), "tcp", s.address())
		s.must(err)
		h.Cleanup(func() { _ = c.Close() })
		if n%2 == 0 {
			_, err = io.WriteString(c, "GET /veri")
			if err != nil && !errors.Is(err, net.ErrClosed) {
				h.Log(err)
			}
		}
		h.open = append(h.open, c)
	}
}

// keeps waits until the server has closed all but so many.
func (h *holder) keeps(want int) {
	h.Helper()
	deadline := time.Now().Add(4 * time.Second) // after five the server closes those on which nothing comes, many or few
	for {
		kept := 0
		for _, c := range h.open {
			if isOpen(c) {
				kept++
			}
		}
		if kept == want {
			return
		}
		if time.Now().After(deadline) {
			h.Fatalf("%d of %d connections are kept, want %d", kept, len(h.open), want)
		}
	}
}

func isOpen(c net.Conn) bool {
	_ = c.SetReadDeadline(time.Now().Add(time.Millisecond))
	_, err := c.Read(make([]byte, 1))
	return errors.Is(err, os.ErrDeadlineExceeded)
}

func TestConnections_OneStrangerHoldsMany_HasFewAndOthersAreServed(t *testing.T) {
	s, h := newScene(t), &holder{T: t}
	h.hold(s, "127.0.0.2", 100)

	h.keeps(32)
	s.get("/").shows(t, http.StatusOK, "Your account")
	h.hold(s, "127.0.0.1", 100) // also whom it shares an address with
	s.get("/").shows(t, http.StatusOK, "Your account")
}

func TestConnections_ManyStrangersHoldAll_OthersAreServed(t *testing.T) {
	s, h := newScene(t), &holder{T: t}
	for n := range byte(30) {
		h.hold(s, netip.AddrFrom4([4]byte{127, 0, 1, n + 1}).String(), 20)
	}

	h.keeps(512)
	for range 10 {
		s.get("/").shows(t, http.StatusOK, "Your account")
	}
}

func TestConnections_TrustedProxy_HasThoseOfItsVisitors(t *testing.T) {
	s, h := newSceneBehind(t, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}), &holder{T: t}
	h.hold(s, "127.0.0.2", 100)
	s.get("/").shows(t, http.StatusOK, "Your account") // by then all were accepted
	h.keeps(100)
}

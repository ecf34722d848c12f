package network_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/account-operator/account-operator/test/network"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, network.Left()...) }

const answer = "a long answer of the server\n"

// echo is a server on a socket that answers each line with the same words.
func echo(t *testing.T) (socket string) {
	t.Helper()
	socket = filepath.Join(t.TempDir(), "s")
	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				for lines := bufio.NewScanner(conn); lines.Scan(); {
					_, _ = io.WriteString(conn, answer)
				}
			}()
		}
	}()
	return socket
}

// ask is what comes back of one line within a second, on a connection of its own.
func ask(t *testing.T, way *network.Way) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", way.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	if _, err := io.WriteString(conn, "a question\n"); err != nil {
		return ""
	}
	got, _ := bufio.NewReader(conn).ReadString('\n')
	return got
}

func TestWay_Trouble_BeginsAndEnds(t *testing.T) {
	way := network.To(t, "unix", echo(t))
	if got := ask(t, way); got != answer {
		t.Fatalf("without trouble: %q", got)
	}
	for name, c := range map[string]struct {
		trouble network.Trouble
		want    string
	}{
		"an answer that is cut":         {network.CutAfter(network.ToClient, 6), answer[:6]},
		"a question that is cut":        {network.CutAfter(network.ToServer, 6), ""},
		"a question that is swallowed":  {network.Swallowed(network.ToServer), ""},
		"an answer that is swallowed":   {network.Swallowed(network.ToClient), ""},
		"a reset":                       {network.Reset(), ""},
		"an answer that comes in parts": {network.InPieces(network.ToClient, 4), answer},
		"a question that comes late":    {network.Late(network.ToServer, 50, 10), answer},
	} {
		over, err := way.Suffers(c.trouble)
		if err != nil {
			t.Fatal(err)
		}
		if got := ask(t, way); got != c.want {
			t.Errorf("%s: got %q", name, got)
		}
		if err := over(); err != nil {
			t.Error(err)
		}
		if got := ask(t, way); got != answer {
			t.Errorf("after %s: %q", name, got)
		}
	}
	if way.Passed() < 15 {
		t.Errorf("%d connections", way.Passed())
	}
}

func TestWay_UnknownTrouble_IsRefused(t *testing.T) {
	way := network.To(t, "unix", echo(t))
	if _, err := way.Suffers(network.Trouble{Type: "rain", Stream: network.ToServer}); err == nil || !strings.Contains(err.Error(), "rain") {
		t.Errorf("got %v", err)
	}
}

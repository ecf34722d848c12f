// Package network is a way to a server on which a test makes things go wrong below the protocol: bytes come late, in pieces, not
// at all, or the connection breaks off in the middle of them. The trouble is made by toxiproxy.
package network

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"
)

// Trouble is a toxic of toxiproxy, by its name, with its attributes in milliseconds and bytes.
type Trouble struct {
	Type       string         `json:"type"`
	Stream     string         `json:"stream"` // ToServer or ToClient
	Attributes map[string]int `json:"attributes"`
}

// The directions.
const (
	ToServer = "upstream"
	ToClient = "downstream"
)

// Late delays what is under way.
func Late(stream string, milliseconds, jitter int) Trouble {
	return Trouble{"latency", stream, map[string]int{"latency": milliseconds, "jitter": jitter}}
}

// InPieces hands bytes on in small packets.
func InPieces(stream string, bytes int) Trouble {
	return Trouble{"slicer", stream, map[string]int{"average_size": bytes, "size_variation": bytes / 2, "delay": 10}}
}

// Swallowed lets nothing through, and nobody know.
func Swallowed(stream string) Trouble {
	return Trouble{"timeout", stream, map[string]int{"timeout": 0}}
}

// CutAfter breaks a connection off after so many bytes, in the middle of whatever they belong to.
func CutAfter(stream string, bytes int) Trouble {
	return Trouble{"limit_data", stream, map[string]int{"bytes": bytes}}
}

// Reset breaks connections off with a TCP reset.
func Reset() Trouble {
	return Trouble{"reset_peer", ToClient, map[string]int{"timeout": 0}}
}

// Left are goroutines that toxiproxy may leave behind: when a connection is cut, whoever had bytes for it goes on waiting.
func Left() []goleak.Option {
	return []goleak.Option{
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2/toxics.(*ToxicStub).Run"),
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2.(*ToxicLink).read"),
	}
}

// Way leads to one server.
type Way struct {
	proxy  *toxiproxy.Proxy
	bridge *bridge
}

// To opens a way to a server, which listens on a TCP address or, with network "unix", on a socket. It is closed when the test is over.
func To(t testing.TB, network, address string) *Way {
	t.Helper()
	b, err := newBridge(network, address)
	if err != nil {
		t.Fatal(err)
	}
	silent := zerolog.Nop()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), silent)
	w := &Way{toxiproxy.NewProxy(server, "way", "127.0.0.1:0", b.listener.Addr().String()), b}
	if err := w.proxy.Start(); err != nil {
		t.Fatal(errors.Join(err, b.close()))
	}
	t.Cleanup(func() {
		w.proxy.Stop()
		if err := b.close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// Address is where the way begins.
func (w *Way) Address() string { return w.proxy.Listen }

// Suffers begins trouble, of all connections that there are and that come, until over is called.
func (w *Way) Suffers(troubles ...Trouble) (over func() error, err error) {
	var names []string
	over = sync.OnceValue(func() error {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		var errs []error
		for _, name := range names {
			errs = append(errs, w.proxy.Toxics.RemoveToxic(ctx, name))
		}
		return errors.Join(errs...)
	})
	for _, trouble := range troubles {
		toxic, err := json.Marshal(trouble)
		if err != nil {
			return nil, err
		}
		made, err := w.proxy.Toxics.AddToxicJson(strings.NewReader(string(toxic)))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("begin %s: %w", trouble.Type, err), over())
		}
		names = append(names, made.Name)
	}
	return over, nil
}

// Passed is how many connections were made on the way so far.
func (w *Way) Passed() int { return w.bridge.count() }

// limit is for the end of trouble, and for a server to take a connection.
const limit = 10 * time.Second

// bridge takes TCP connections to a server that may listen on something else, which toxiproxy does not know.
type bridge struct {
	listener         net.Listener
	network, address string
	alive            context.Context // until close: a server that takes no call keeps nobody waiting
	end              context.CancelFunc

	mu     sync.Mutex
	open   map[net.Conn]struct{}
	made   int
	closed bool
	wait   sync.WaitGroup
}

func newBridge(network, address string) (*bridge, error) {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b := &bridge{listener: listener, network: network, address: address, open: map[net.Conn]struct{}{}}
	b.alive, b.end = context.WithCancel(context.Background())
	b.wait.Go(b.accept)
	return b, nil
}

func (b *bridge) accept() {
	for {
		from, err := b.listener.Accept()
		if err != nil {
			return
		}
		to, err := (&net.Dialer{Timeout: limit}).DialContext(b.alive, b.network, b.address)
		if err != nil {
			_ = from.Close() // the server is away
			continue
		}
		if !b.keep(from, to) {
			return
		}
		b.wait.Go(func() { b.carry(from, to) })
		b.wait.Go(func() { b.carry(to, from) })
	}
}

// carry ends both connections when one ends.
func (b *bridge) carry(from, to net.Conn) {
	_, _ = io.Copy(to, from)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range []net.Conn{from, to} {
		_ = c.Close()
		delete(b.open, c)
	}
}

func (b *bridge) keep(conns ...net.Conn) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.made++
	for _, c := range conns {
		if b.closed {
			_ = c.Close()
			continue
		}
		b.open[c] = struct{}{}
	}
	return !b.closed
}

func (b *bridge) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.made
}

func (b *bridge) close() error {
	b.end()
	err := b.listener.Close()
	b.mu.Lock()
	b.closed = true
	for c := range b.open {
		_ = c.Close()
	}
	b.mu.Unlock()
	b.wait.Wait()
	return err
}

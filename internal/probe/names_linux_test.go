package probe

import (
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/account-operator/account-operator/test/await"
)

// names is a name server that answers as the owner of a hostile domain would: each question about a name gets the next
// of its answers, each a list of addresses.
type names struct {
	mu      sync.Mutex
	answers map[string][]string
	asked   map[string]int
}

// serve answers at port 53 of every address, and so at that of whatever name server the system is set to.
func (n *names) serve(t *testing.T) {
	t.Helper()
	socket, err := net.ListenPacket("udp", ":53")
	if err != nil {
		t.Fatal(err)
	}
	n.asked = map[string]int{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		question := make([]byte, 1500)
		for {
			size, from, err := socket.ReadFrom(question)
			if err != nil {
				return
			}
			if reply, err := n.reply(question[:size]); err == nil {
				_, _ = socket.WriteTo(reply, from)
			}
		}
	}()
	t.Cleanup(func() { _ = socket.Close(); await.Value(t, done) })
}

func (n *names) reply(question []byte) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(question); err != nil {
		return nil, err
	}
	m.Response, m.Authoritative, m.Additionals = true, true, nil
	for _, q := range m.Questions {
		addresses, known := n.next(q)
		if !known {
			m.RCode = dnsmessage.RCodeNameError
		}
		for _, a := range addresses {
			m.Answers = append(m.Answers, resource(q, a)...)
		}
	}
	return m.Pack()
}

// next counts each kind of question by itself, since a resolver asks for both kinds of addresses at once.
func (n *names) next(q dnsmessage.Question) ([]netip.Addr, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	name := strings.TrimSuffix(q.Name.String(), ".")
	all, known := n.answers[name]
	if !known {
		return nil, false
	}
	key := name + q.Type.String()
	now := all[n.asked[key]%len(all)]
	n.asked[key]++
	var addresses []netip.Addr
	for _, text := range strings.Fields(now) {
		addresses = append(addresses, netip.MustParseAddr(text))
	}
	return addresses, true
}

func resource(q dnsmessage.Question, a netip.Addr) []dnsmessage.Resource {
	header := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}
	switch {
	case q.Type == dnsmessage.TypeA && a.Is4():
		return []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AResource{A: a.As4()}}}
	case q.Type == dnsmessage.TypeAAAA && a.Is6():
		return []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AAAAResource{AAAA: a.As16()}}}
	default:
		return nil
	}
}

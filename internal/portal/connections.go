package portal

import (
	"container/list"
	"net"
	"net/http"
	"net/netip"
	"sync"

	"github.com/account-operator/account-operator/internal/visitor"
)

// How many connections there are at once: in all, and of one peer. A trusted proxy has those of its visitors.
const (
	maxConnections = 512
	maxOfPeer      = 32
)

// connections closes one where there are too many, the one that has been longest without a change, and one without a request rather than one
// with: who only holds connections loses them to who uses one.
type connections struct {
	trusted []netip.Prefix

	mu   sync.Mutex
	open map[net.Conn]*list.Element
	line list.List // of *connection, what changed last at the end
	of   map[netip.Prefix]int
}

type connection struct {
	net.Conn
	peer    netip.Prefix
	counted bool // against its peer
	active  bool // a request of it is on its way
}

func newConnections(trusted []netip.Prefix) *connections {
	return &connections{trusted: trusted, open: map[net.Conn]*list.Element{}, of: map[netip.Prefix]int{}}
}

// changed is for http.Server.ConnState.
func (c *connections) changed(of net.Conn, to http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch at := c.open[of]; {
	case to == http.StateNew:
		c.add(of)
	case at == nil:
	case to == http.StateClosed || to == http.StateHijacked:
		c.remove(at)
	default:
		at.Value.(*connection).active = to == http.StateActive
		c.line.MoveToBack(at)
	}
}

func (c *connections) add(of net.Conn) {
	added := &connection{Conn: of}
	if remote, err := netip.ParseAddrPort(of.RemoteAddr().String()); err == nil {
		address := visitor.Plain(remote.Addr())
		added.peer, added.counted = visitor.Peer(address), !visitor.Within(c.trusted, address)
	}
	if added.counted && c.of[added.peer] >= maxOfPeer {
		c.closeOne(func(other *connection) bool { return other.counted && other.peer == added.peer })
	} else if c.line.Len() >= maxConnections {
		c.closeOne(func(*connection) bool { return true })
	}
	c.open[of] = c.line.PushBack(added)
	if added.counted {
		c.of[added.peer]++
	}
}

func (c *connections) closeOne(of func(*connection) bool) {
	var chosen *list.Element
	for at := c.line.Front(); at != nil; at = at.Next() {
		each := at.Value.(*connection)
		if !of(each) || each.active && chosen != nil {
			continue
		}
		chosen = at
		if !each.active {
			break
		}
	}
	_ = chosen.Value.(*connection).Close() // its server notices
	c.remove(chosen)
}

func (c *connections) remove(at *list.Element) {
	gone := c.line.Remove(at).(*connection)
	delete(c.open, gone.Conn)
	if !gone.counted {
		return
	}
	if c.of[gone.peer]--; c.of[gone.peer] == 0 {
		delete(c.of, gone.peer)
	}
}

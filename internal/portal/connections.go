package portal

import (
	"container/list"
	"net"
	"net/http"
	"net/netip"
	"sync"
)

// How many connections there are at once: in all, and of one peer. A trusted proxy has those of its visitors.
const (
	maxConnections = 512
	maxOfPeer      = 32
)

// connections closes the ones that have been longest without a change (no request begun or ended) where there are too many: who only
// holds connections loses them to who uses one.
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
		c.line.MoveToBack(at)
	}
}

func (c *connections) add(of net.Conn) {
	added := &connection{Conn: of}
	if remote, err := netip.ParseAddrPort(of.RemoteAddr().String()); err == nil {
		address := plain(remote.Addr())
		added.peer, added.counted = peer(address), !within(c.trusted, address)
	}
	if added.counted && c.of[added.peer] >= maxOfPeer {
		c.closeOldest(func(other *connection) bool { return other.counted && other.peer == added.peer })
	} else if c.line.Len() >= maxConnections {
		c.closeOldest(func(*connection) bool { return true })
	}
	c.open[of] = c.line.PushBack(added)
	if added.counted {
		c.of[added.peer]++
	}
}

func (c *connections) closeOldest(which func(*connection) bool) {
	for at := c.line.Front(); at != nil; at = at.Next() {
		if oldest := at.Value.(*connection); which(oldest) {
			c.remove(at)
			_ = oldest.Close() // its server notices
			return
		}
	}
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

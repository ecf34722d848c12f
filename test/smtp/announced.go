package smtp

import (
	"net"
	"sync"
)

// announced closes serving when it is first asked for a connection: from then on the server knows it and can close it.
type announced struct {
	net.Listener
	once    sync.Once
	serving chan struct{}
}

func (a *announced) Accept() (net.Conn, error) {
	a.once.Do(func() { close(a.serving) })
	return a.Listener.Accept()
}

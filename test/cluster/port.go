package cluster

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// port holds a loopback port for as long as the cluster lives, also while the
// API server is being restarted. The socket is bound and never listens: with
// SO_REUSEPORT on both sides the API server can bind the same port, and every
// other program cannot.
type port struct {
	number int
	socket int
}

func reservePort(number int) (*port, error) {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return nil, fmt.Errorf("opening a socket: %w", err)
	}
	unix.CloseOnExec(socket)
	p := &port{socket: socket}
	if err := p.bind(number); err != nil {
		_ = unix.Close(socket)
		return nil, fmt.Errorf("reserving port %d on 127.0.0.1: %w", number, err)
	}
	return p, nil
}

func (p *port) bind(number int) error {
	if err := unix.SetsockoptInt(p.socket, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
		return err
	}
	loopback := &unix.SockaddrInet4{Port: number, Addr: [4]byte{127, 0, 0, 1}}
	if err := unix.Bind(p.socket, loopback); err != nil {
		return err
	}
	bound, err := unix.Getsockname(p.socket)
	if err != nil {
		return err
	}
	address, ok := bound.(*unix.SockaddrInet4)
	if !ok {
		return fmt.Errorf("bound to an address of another family: %T", bound)
	}
	p.number = address.Port
	return nil
}

func (p *port) release() error { return unix.Close(p.socket) }

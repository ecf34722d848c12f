package network_test

import (
	"net"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/account-operator/account-operator/test/network"
)

func TestTo_ClosedRightAfterItWasOpened_Ends(t *testing.T) {
	socket := echo(t)
	for range 100 {
		t.Run("", func(t *testing.T) { network.To(t, "unix", socket) })
	}
}

// Given a server whose queue is full, so that calls wait in the kernel, when the way to it is closed, then it closes at once.
func TestTo_ServerTakesNoCall_Closes(t *testing.T) {
	address := deaf(t)
	begun := time.Now()
	t.Run("a call is on its way", func(t *testing.T) {
		way := network.To(t, "tcp", address)
		conn, err := net.Dial("tcp", way.Address())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
	})
	if took := time.Since(begun); took > 8*time.Second {
		t.Errorf("closing took %s: it waited for the server", took)
	}
}

// deaf listens, takes no call, and has no room left for calls to wait.
func deaf(t *testing.T) (address string) {
	t.Helper()
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(socket) })
	if err := syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(socket, 0); err != nil {
		t.Fatal(err)
	}
	bound, err := syscall.Getsockname(socket)
	if err != nil {
		t.Fatal(err)
	}
	address = net.JoinHostPort("127.0.0.1", strconv.Itoa(bound.(*syscall.SockaddrInet4).Port))
	for {
		conn, err := net.DialTimeout("tcp", address, 300*time.Millisecond)
		if err != nil {
			return address
		}
		t.Cleanup(func() { _ = conn.Close() })
	}
}

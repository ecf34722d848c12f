// Command openid is an OpenID Connect provider for tests: zitadel/oidc with the storage of its example, in memory. It is pinned in a module
// of its own, since its dependencies are not ours.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/op"
)

func main() {
	address := flag.String("address", "127.0.0.1:9998", "where to listen, on loopback")
	certificate := flag.String("cert", "", "file of the certificate")
	key := flag.String("key", "", "file of its key")
	client := flag.String("client", "account-operator", "ID of the one client")
	secret := flag.String("secret", "", "the client's secret")
	redirect := flag.String("redirect", "", "where the client has visitors led back to")
	users := flag.String("users", "", "file of the users, as JSON")
	methods := flag.String("multi-factor", "", "user who gives more than one factor")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	storage.RegisterClients(storage.WebClient(*client, *secret, *redirect))
	if err := serve(ctx, *address, *certificate, *key, *users, *methods); err != nil {
		fmt.Fprintf(os.Stderr, "openid: %v\n", err)
		os.Exit(1)
	}
}

func serve(ctx context.Context, address, certificate, key, users, methods string) error {
	known, err := storage.StoreFromFile(users)
	if err != nil {
		return err
	}
	kept := &factors{storage.NewStorage(known), methods}
	server := &http.Server{
		Addr:              address,
		Handler:           exampleop.SetupServer("https://"+address, kept, slog.New(slog.NewTextHandler(io.Discard, nil)), false),
		ReadHeaderTimeout: 10 * time.Second,
	}
	detach := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer detach()
	if err := server.ListenAndServeTLS(certificate, key); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// factors says of one user that he gave more than one factor, which the example's storage says of nobody.
type factors struct {
	*storage.Storage
	of string
}

type several struct{ *storage.AuthRequest }

func (s several) GetAMR() []string { return []string{"pwd", "otp", "mfa"} }

// AuthRequestByCode implements op.Storage.
func (f *factors) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	asked, err := f.Storage.AuthRequestByCode(ctx, code)
	if own, is := asked.(*storage.AuthRequest); err == nil && is && own.UserID == f.of {
		return several{own}, nil
	}
	return asked, err
}

// CreateAccessToken implements op.Storage.
func (f *factors) CreateAccessToken(ctx context.Context, request op.TokenRequest) (string, time.Time, error) {
	if s, is := request.(several); is {
		request = s.AuthRequest
	}
	return f.Storage.CreateAccessToken(ctx, request)
}

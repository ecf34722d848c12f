package reader_test

import (
	"context"
	"net/http"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/reader"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/await"
)

// silent is a store that does not say who may read until it is let.
type silent struct {
	store.Readers

	let <-chan struct{}
}

func (s silent) ValidReaders(ctx context.Context) (func(store.Secret) (store.ReaderKey, bool), int64, error) {
	select {
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	case <-s.let:
		return s.Readers.ValidReaders(ctx)
	}
}

// Given a store that does not answer, when many ask, then the first find that out, and all others are sent away at once, with when to come again;
// and once it answers they are served.
func TestStore_Silent_RequestsAreSentAwayAtOnce(t *testing.T) {
	let := make(chan struct{})
	s := newScene(t, func(o *reader.Options) { o.Readers = silent{o.Readers, let} })
	_, key := s.key([]string{store.RightEnv})
	env := "/v1/accounts/" + s.alice + "/env"
	began := time.Now()
	for range 20 {
		if got := s.ask(http.MethodGet, env, key); got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" {
			t.Fatalf("%+v", got)
		}
	}
	if took := time.Since(began); took > 15*time.Second { // five seconds each, where each waits by itself
		t.Errorf("20 requests took %s", took)
	}
	close(let)
	await.Value(t, s.until(func() bool { return s.ask(http.MethodGet, env, key).status == http.StatusOK }))
}

// Given an issuer that takes long to publish its keys, when the ones that are known have become old, then one request waits for it, and no other.
func TestIdentity_IssuerTakesLong_OthersDoNotWait(t *testing.T) {
	i := newIssuer(t)
	identities, err := reader.LoadIdentities(t.Context(), issuerName, audience, i.file)
	if err != nil {
		t.Fatal(err)
	}
	_, grants := granted(t, agents)
	s := newScene(t, grants, func(o *reader.Options) { o.Identities = identities })
	published, err := os.ReadFile(i.file)
	s.must(err)
	s.must(os.Remove(i.file))
	s.must(syscall.Mkfifo(i.file, 0o600)) // from which nothing comes before it is written
	identities.Age()

	token := i.token(claims())
	ask := func() <-chan int {
		status := make(chan int, 1)
		go func() { status <- s.ask(http.MethodGet, "/v1/accounts/"+s.alice+"/env", token).status }()
		return status
	}
	first := ask()
	var publishes *os.File
	s.must(await.Result(t, func() (err error) {
		publishes, err = os.OpenFile(i.file, os.O_WRONLY, 0) // which takes until it is read
		return err
	}))
	if got := await.Value(t, ask()); got != http.StatusOK {
		t.Errorf("the other: %d", got)
	}
	_, err = publishes.Write(published)
	s.must(err)
	s.must(publishes.Close())
	if got := await.Value(t, first); got != http.StatusOK {
		t.Errorf("who waited: %d", got)
	}
}

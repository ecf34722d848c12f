package reader

import (
	"context"
	"crypto/sha256"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// revokedWithin is how long a credential that was revoked may still be taken. tokensKnown bounds those that are kept in mind.
const (
	revokedWithin = time.Second
	tokensKnown   = 10_000
	credentialMax = 8 << 10
)

// fingerprint stands for a credential in memory.
type fingerprint [sha256.Size]byte

// authenticator finds out who asks: by a bearer token, or by the certificate of the connection.
type authenticator struct {
	readers    store.Readers
	grants     *Grants
	identities *Identities
	strangers  *strangers

	mu          sync.Mutex
	find        func(store.Secret) (store.ReaderKey, bool)
	revocations int64
	looked      time.Time
	tokens      map[fingerprint]cachedToken
}

// cachedToken is one that was valid when so much had been revoked.
type cachedToken struct {
	token       store.ReaderToken
	revocations int64
}

func (a *authenticator) of(ctx context.Context, r *http.Request) (*principal, *problem) {
	given := r.Header.Values("Authorization")
	if len(given) == 0 {
		return a.byCertificate(r)
	}
	text, isBearer := strings.CutPrefix(given[0], "Bearer ")
	if len(given) > 1 || !isBearer || len(text) > credentialMax {
		return nil, unauthorized
	}
	switch {
	case strings.HasPrefix(text, "aok_"), strings.HasPrefix(text, "aot_"):
		return a.byStored(ctx, r, store.NewSecret([]byte(text)))
	case strings.Count(text, ".") == 2:
		return a.byIdentity(ctx, text)
	}
	return nil, unauthorized
}

func (a *authenticator) byCertificate(r *http.Request) (*principal, *problem) {
	if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 || a.grants == nil {
		return nil, unauthorized
	}
	if who := a.grants.ofCertificate(r.TLS.VerifiedChains[0][0]); who != nil {
		return who, nil
	}
	return nil, unauthorized
}

func (a *authenticator) byIdentity(ctx context.Context, text string) (*principal, *problem) {
	if a.identities == nil || a.grants == nil {
		return nil, unauthorized
	}
	namespace, name, expires, err := a.identities.verify(ctx, text)
	if err != nil {
		return nil, unauthorized
	}
	who := a.grants.ofServiceAccount(namespace, name)
	if who == nil {
		return nil, unauthorized
	}
	who.expires = expires
	return who, nil
}

// byStored takes a key or a token of ours. Strangers who guess soon have to wait, before the store is asked for what they guessed.
func (a *authenticator) byStored(ctx context.Context, r *http.Request, text store.Secret) (*principal, *problem) {
	proof := fingerprint(sha256.Sum256(text.Reveal()))
	who, known, err := a.known(ctx, text, proof)
	if err != nil {
		return nil, problemOf(err)
	}
	if known {
		return who, nil
	}
	if len(text.Reveal()) != len("aot_")+43 || !strings.HasPrefix(string(text.Reveal()), "aot_") {
		return nil, unauthorized
	}
	if !a.strangers.mayGuess(r) {
		return nil, tooMany
	}
	token, err := a.readers.ReaderToken(ctx, text)
	if refused := problemOf(err); err != nil {
		if refused == notFound {
			a.strangers.wasWrong(r)
			refused = unauthorized
		}
		return nil, refused
	}
	a.keep(proof, token)
	who = ofToken(token)
	who.proof = proof
	return who, nil
}

// known is who has a valid key, or a token that was valid since anything was revoked.
func (a *authenticator) known(ctx context.Context, text store.Secret, proof fingerprint) (*principal, bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.refresh(ctx); err != nil {
		return nil, false, err
	}
	if key, is := a.find(text); is {
		who := ofKey(key)
		who.proof = proof
		return who, true, nil
	}
	cached, is := a.tokens[proof]
	if !is || cached.revocations != a.revocations || !time.Now().Before(cached.token.Expires) {
		delete(a.tokens, proof)
		return nil, false, nil
	}
	who := ofToken(cached.token)
	who.proof = proof
	return who, true, nil
}

// refresh looks what is valid, at most once in revokedWithin.
func (a *authenticator) refresh(ctx context.Context) error {
	if time.Since(a.looked) < revokedWithin {
		return nil
	}
	find, revocations, err := a.readers.ValidReaders(ctx)
	if err != nil {
		return err
	}
	a.find, a.revocations, a.looked = find, revocations, time.Now()
	return nil
}

func (a *authenticator) keep(proof fingerprint, token store.ReaderToken) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.tokens) >= tokensKnown {
		clear(a.tokens)
	}
	a.tokens[proof] = cachedToken{token, a.revocations}
}

// still reports whether who asked may go on waiting. Where that cannot be found out he may.
func (a *authenticator) still(ctx context.Context, r *http.Request, who *principal) bool {
	if !who.expires.IsZero() && !time.Now().Before(who.expires) {
		return false
	}
	again, refused := a.of(ctx, r)
	if refused != nil {
		return refused != unauthorized
	}
	return again.name == who.name && again.may(store.RightChanges)
}

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

// tokensKnown bounds the tokens that are kept in mind.
const (
	tokensKnown   = 10_000
	credentialMax = 8 << 10
)

// fingerprint stands for a credential in memory.
type fingerprint [sha256.Size]byte

// authenticator finds out who asks: by a bearer token, or by the certificate of the connection.
type authenticator struct {
	readers    store.Readers
	keys       *keys
	grants     *Grants
	clientCAs  *ClientCAs
	identities *Identities
	strangers  *strangers

	mu     sync.Mutex
	tokens map[fingerprint]cachedToken
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
	scheme, text, _ := strings.Cut(given[0], " ")
	if len(given) > 1 || !strings.EqualFold(scheme, "Bearer") || len(text) > credentialMax {
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
	certificate, until := a.clientCAs.vouched(r.TLS)
	if certificate == nil || a.grants == nil {
		return nil, unauthorized
	}
	who := a.grants.ofCertificate(certificate)
	if who == nil {
		return nil, unauthorized
	}
	who.expires = until
	return who, nil
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
	valid, err := a.keys.now(ctx)
	if err != nil {
		return nil, problemOf(err)
	}
	if who := a.known(valid, text, proof); who != nil {
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
	a.keep(proof, cachedToken{token, valid.revocations})
	return ofToken(token), nil
}

// known is who has a valid key, or a token that was valid since anything was revoked.
func (a *authenticator) known(valid *validity, text store.Secret, proof fingerprint) *principal {
	if key, is := valid.find(text); is {
		return ofKey(key)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	cached, is := a.tokens[proof]
	if !is || cached.revocations != valid.revocations || !time.Now().Before(cached.token.Expires) {
		delete(a.tokens, proof)
		return nil
	}
	return ofToken(cached.token)
}

func (a *authenticator) keep(proof fingerprint, token cachedToken) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.tokens) >= tokensKnown {
		clear(a.tokens)
	}
	a.tokens[proof] = token
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

// end waits for the questions that are under way.
func (a *authenticator) end() {
	a.keys.question.running.Wait()
	if a.identities != nil {
		a.identities.question.running.Wait()
	}
}

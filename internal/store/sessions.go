package store

import (
	"context"
	"time"
)

// How long a session lasts, and how many there are.
const (
	SessionIdle     = 30 * time.Minute // without a request; noted every five minutes only
	SessionLifetime = 12 * time.Hour   // however busy it is
	// SessionCode is how long a session may wait for the code of a second factor.
	SessionCode = 10 * time.Minute
	// SessionProof is how long a password and a code that were given count for what asks for them again.
	SessionProof = 10 * time.Minute
	// SessionsOfAccount is how many an account has; one more ends that which was unused longest.
	SessionsOfAccount = 20
	// BrowsersOfAccount is how many browsers of an account are known.
	BrowsersOfAccount = 10
	// SignInAttempts is how many wrong passwords in a row are judged within an hour: of one address from all browsers that never signed in
	// there, and from each that did. So a stranger who guesses keeps no holder out.
	SignInAttempts = 20
)

// Browser is what an account holder signs in with.
type Browser struct {
	// Token is what it was given when an account signed in with it before; empty: none did.
	Token Secret
	// Peer is the address that it comes from, UserAgent what it says of itself. Both are for the holder to recognise it.
	Peer, UserAgent string
}

// SignIn is what a password is judged by.
type SignIn struct {
	Email string
	// AccountID is empty where nobody can sign in with the address, whatever the reason.
	AccountID string
	Password  Secret // its hash
}

// Session is one that a browser has.
type Session struct {
	ID      string // names it, and opens nothing
	Created time.Time
	Used    time.Time // by the hour where sessions are listed
	// Proved is when the holder gave the password, and a code where there is a factor.
	Proved          time.Time
	Peer, UserAgent string
}

// SignedIn is a session with what its pages need of the account.
type SignedIn struct {
	Session
	// AwaitsCode says that the password was right and the code of the second factor is still to come: nobody is signed in.
	AwaitsCode       bool
	AccountID        string
	Email            string
	Theme            string
	AddressConfirmed bool
	Factors          FactorState
	TwoFactor        string // the policy: "Required" or "Optional"
	// HasPassword and HasSubject say with what the holder can sign in: a password, or at a provider.
	HasPassword, HasSubject bool
}

// Given is what a browser gets when an account signed in.
type Given struct {
	Session Secret // a token
	Browser Secret // what Browser.Token is from now on; empty while a code is to come
	// AwaitsCode is as in SignedIn.
	AwaitsCode bool
}

// Sessions keeps who is signed in. It is not fenced, and works on every replica. Tokens are kept as hashes, each with the store's
// incarnation. ErrNotFound stands for a session that is unknown, over or ended, alike. All sessions of an account end in the transaction
// that gives it another password, resets its second factor, suspends its access, deletes or restores it, whoever makes that.
type Sessions interface {
	// TrySignIn counts an attempt before anything is judged, and does the same work whether there is such an account or not.
	// *RateLimitedError when there were SignInAttempts.
	TrySignIn(ctx context.Context, email string, from Browser) (SignIn, error)
	// BeginSession is for whoever gave the password that was judged. A session of an account with a second factor awaits its code.
	// ErrNotFound when the account has another password by now, or nobody can sign in any more.
	BeginSession(ctx context.Context, judged SignIn, from Browser) (Given, error)
	// BeginSubjectSession is for who signed in at a provider: to the account that he is bound to, or else is bound to, since it has the address
	// that the provider verified, and nobody else of the provider is bound to it. An address that its holder had not confirmed is thereby, and
	// whoever had a way into the account before has none any more: password, second factors and sessions end. ErrNotFound where no account may be
	// signed in to, whatever the reason; none is ever made.
	BeginSubjectSession(ctx context.Context, who Subject, from Browser) (Given, error)
	// CompleteSession gives a session that awaits a code another token, and its account is signed in.
	CompleteSession(ctx context.Context, token Secret, from Browser) (Given, error)
	// ProveSession notes that the password that was judged, and a code where there is a factor, were given again.
	ProveSession(ctx context.Context, token Secret, judged SignIn, from Browser) error
	// Session finds a session, and notes that it is used.
	Session(ctx context.Context, token Secret) (SignedIn, error)
	// Sessions are those of an account that is signed in, the last used one first.
	Sessions(ctx context.Context, accountID string) ([]Session, error)
	// EndSession ends the account's session of this ID.
	EndSession(ctx context.Context, accountID, id string) error
	// EndOtherSessions ends all of an account but one; with "" all.
	EndOtherSessions(ctx context.Context, accountID, id string) error
	// ChangePassword is for who is signed in and gave the former password, which was judged. It ends all sessions, and gives another
	// one in place of this.
	ChangePassword(ctx context.Context, token Secret, judged SignIn, hash Secret, from Browser) (Given, error)
}

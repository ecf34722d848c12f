package portal

import (
	"context"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// Holders is what account holders who sign in need of a store.
type Holders interface {
	store.Sessions
	store.Factors
	Holder(accountID string) store.Holder
	Capabilities() store.Capabilities
}

// holdersInTurn are what holders need of a store.
type holdersInTurn struct {
	sessionsInTurn
	factorsInTurn
	of Holders
}

func (t turns) holders(of Holders) Holders {
	return holdersInTurn{sessionsInTurn{t, of}, factorsInTurn{t, of}, of}
}

type sessionsInTurn struct {
	turns turns
	store store.Sessions
}

func (s sessionsInTurn) TrySignIn(ctx context.Context, email string, from store.Browser) (store.SignIn, error) {
	return inTurn(ctx, s.turns, func() (store.SignIn, error) { return s.store.TrySignIn(ctx, email, from) })
}

func (s sessionsInTurn) BeginSession(ctx context.Context, judged store.SignIn, from store.Browser) (store.Given, error) {
	return inTurn(ctx, s.turns, func() (store.Given, error) { return s.store.BeginSession(ctx, judged, from) })
}

func (s sessionsInTurn) BeginSubjectSession(ctx context.Context, who store.Subject, from store.Browser) (store.Given, error) {
	return inTurn(ctx, s.turns, func() (store.Given, error) { return s.store.BeginSubjectSession(ctx, who, from) })
}

func (s sessionsInTurn) CompleteSession(ctx context.Context, token store.Secret, from store.Browser) (store.Given, error) {
	return inTurn(ctx, s.turns, func() (store.Given, error) { return s.store.CompleteSession(ctx, token, from) })
}

func (s sessionsInTurn) ProveSession(ctx context.Context, token store.Secret, judged store.SignIn, from store.Browser) error {
	return s.turns.take(ctx, func() error { return s.store.ProveSession(ctx, token, judged, from) })
}

func (s sessionsInTurn) Session(ctx context.Context, token store.Secret) (store.SignedIn, error) {
	return inTurn(ctx, s.turns, func() (store.SignedIn, error) { return s.store.Session(ctx, token) })
}

func (s sessionsInTurn) Sessions(ctx context.Context, accountID string) ([]store.Session, error) {
	return inTurn(ctx, s.turns, func() ([]store.Session, error) { return s.store.Sessions(ctx, accountID) })
}

func (s sessionsInTurn) EndSession(ctx context.Context, accountID, id string) error {
	return s.turns.take(ctx, func() error { return s.store.EndSession(ctx, accountID, id) })
}

func (s sessionsInTurn) EndOtherSessions(ctx context.Context, accountID, id string) error {
	return s.turns.take(ctx, func() error { return s.store.EndOtherSessions(ctx, accountID, id) })
}

func (s sessionsInTurn) ChangePassword(
	ctx context.Context, token store.Secret, judged store.SignIn, hash store.Secret, from store.Browser,
) (store.Given, error) {
	return inTurn(ctx, s.turns, func() (store.Given, error) { return s.store.ChangePassword(ctx, token, judged, hash, from) })
}

type factorsInTurn struct {
	turns turns
	store store.Factors
}

func (f factorsInTurn) Factors(ctx context.Context, accountID string) ([]store.Factor, error) {
	return inTurn(ctx, f.turns, func() ([]store.Factor, error) { return f.store.Factors(ctx, accountID) })
}

func (f factorsInTurn) EnrolTOTP(ctx context.Context, accountID, name string, seed store.Secret, step int64) error {
	return f.turns.take(ctx, func() error { return f.store.EnrolTOTP(ctx, accountID, name, seed, step) })
}

func (f factorsInTurn) NameFactor(ctx context.Context, accountID, id, name string) error {
	return f.turns.take(ctx, func() error { return f.store.NameFactor(ctx, accountID, id, name) })
}

func (f factorsInTurn) RemoveFactor(ctx context.Context, accountID, id string) error {
	return f.turns.take(ctx, func() error { return f.store.RemoveFactor(ctx, accountID, id) })
}

func (f factorsInTurn) EnrolBackupCodes(ctx context.Context, accountID string, hashes [][]byte) error {
	return f.turns.take(ctx, func() error { return f.store.EnrolBackupCodes(ctx, accountID, hashes) })
}

func (f factorsInTurn) MailCode(ctx context.Context, accountID, sessionID string) error {
	return f.turns.take(ctx, func() error { return f.store.MailCode(ctx, accountID, sessionID) })
}

func (f factorsInTurn) AcceptMailedCode(ctx context.Context, accountID, sessionID string, code store.Secret) error {
	return f.turns.take(ctx, func() error { return f.store.AcceptMailedCode(ctx, accountID, sessionID, code) })
}

func (f factorsInTurn) Attempt(
	ctx context.Context, accountID string, method store.FactorMethod, now time.Time,
) ([]store.FactorAttempt, error) {
	return inTurn(ctx, f.turns, func() ([]store.FactorAttempt, error) { return f.store.Attempt(ctx, accountID, method, now) })
}

func (f factorsInTurn) AcceptStep(ctx context.Context, accountID, id string, step int64) error {
	return f.turns.take(ctx, func() error { return f.store.AcceptStep(ctx, accountID, id, step) })
}

func (f factorsInTurn) AcceptBackupCode(ctx context.Context, accountID string, hash []byte) error {
	return f.turns.take(ctx, func() error { return f.store.AcceptBackupCode(ctx, accountID, hash) })
}

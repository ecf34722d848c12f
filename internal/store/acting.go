package store

import "context"

// Acting is what a holder acts by.
type Acting struct {
	Token Secret // of a session, or the text of a key or of a session of one
	Key   bool
}

type actingKey struct{}

// InSession has each write below ctx that needs no lead be one of this session, of whatever interface it is: ErrNotFound, and nothing is
// written, where the session is over when the write commits.
func InSession(ctx context.Context, token Secret) context.Context {
	return context.WithValue(ctx, actingKey{}, Acting{Token: token})
}

// WithKey is InSession for a program of a holder's.
func WithKey(ctx context.Context, text Secret) context.Context {
	return context.WithValue(ctx, actingKey{}, Acting{Token: text, Key: true})
}

// ActingOf is what the writes below ctx are by; nothing: they are no holder's.
func ActingOf(ctx context.Context) (a Acting, is bool) {
	a, is = ctx.Value(actingKey{}).(Acting)
	return a, is
}

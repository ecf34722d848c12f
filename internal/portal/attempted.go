package portal

import (
	"errors"
	"net/http"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// attempted is a page for who has to wait, and else the error.
func attempted(err error) (page, error) {
	if limited := (*store.RateLimitedError)(nil); errors.As(err, &limited) {
		return tooManyAttempts(limited.RetryAfter), nil
	}
	return page{}, err
}

func tooManyAttempts(wait time.Duration) page {
	shown := message(http.StatusTooManyRequests, "Too many attempts",
		"This was tried too often. Wait a while, then try again.",
		"If you do not know your password any more, ask for a link to choose a new one.")
	shown.retryAfter = wait
	return shown
}

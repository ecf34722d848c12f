package accountapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/password"
	"github.com/account-operator/account-operator/internal/store"
)

// problem is an answer that something was not done. The client compares some of the texts, shows the others, and retries 429 and 503.
type problem struct {
	status    int
	code, msg string
	more      map[string]any // what stands in the answer besides
	retry     time.Duration
}

func (p *problem) Error() string { return p.code + ": " + p.msg }

func newProblem(status int, code, msg string) *problem {
	return &problem{status: status, code: code, msg: msg}
}

var (
	nothingHere = newProblem(http.StatusNotFound, "not_found", "The API has no such path.")
	wrongMethod = newProblem(http.StatusMethodNotAllowed, "wrong_method", "The path takes another method.")
	noKey       = newProblem(http.StatusForbidden, "auth_error", "Send your API key as Authorization: Bearer KEY.")
	// The client forgets a key, and a session, by these two texts.
	unknownKey    = newProblem(http.StatusUnauthorized, "auth_error", "Invalid user key")
	expired       = newProblem(http.StatusNotFound, "session_expired", "Session expired. Please log in again.")
	keyInQuery    = newProblem(http.StatusForbidden, "auth_error", "Keys in an address are not taken here. Send yours as Authorization: Bearer KEY.")
	needsFactor   = newProblem(http.StatusUnauthorized, "tfa_required", "Two Factor Authentication is required: log in with a code first (tfa login).")
	needsSetUp    = newProblem(http.StatusUnauthorized, "tfa_required", "Two Factor Authentication is required for this account, and is not set up. Until then it can be read only.")
	badRequest    = newProblem(http.StatusBadRequest, "bad_request", "The body is not a JSON object with the fields that the path takes.")
	tooLarge      = newProblem(http.StatusRequestEntityTooLarge, "input_too_long", "The request is larger than any that the path takes.")
	unavailable   = &problem{status: http.StatusServiceUnavailable, code: "service_unavailable", msg: "This cannot be done right now. Nothing was changed. Try again in a moment.", retry: 5 * time.Second}
	noRightSuffix = "Make one on the settings page that has it, or with a key that has."
)

func tooMany(wait time.Duration) *problem {
	return &problem{status: http.StatusTooManyRequests, code: "too_many_requests", msg: "API requests too frequent. Wait for as long as Retry-After says.", retry: wait}
}

func noRight(right store.KeyRight) *problem {
	return newProblem(http.StatusForbidden, "auth_error", fmt.Sprintf("This API key has no right %s. %s", right, noRightSuffix))
}

// notOffered is the answer of a route, and of a part of one, that we have no room for.
func notOffered(why string) *problem { return newProblem(http.StatusBadRequest, "not_offered", why) }

// problemOf is what an error means to who asked, and whether it is one that is no fault of ours. manager is who manages something, as far as a
// holder may see.
func problemOf(err error, manager func(store.Claim) string) (said *problem, known bool) {
	managed, invalid, limited := (*store.ManagedError)(nil), (*store.InvalidError)(nil), (*store.RateLimitedError)(nil)
	switch {
	case errors.As(err, &said):
		return said, true
	case errors.As(err, &managed):
		return newProblem(http.StatusConflict, "managed", fmt.Sprintf("%s is set by %s. Nothing was changed.", managed.Leaf, manager(managed.By))), true
	case errors.As(err, &invalid):
		return newProblem(http.StatusBadRequest, "invalid_args", fmt.Sprintf("Nothing was changed: %s %s.", invalid.Field, invalid.Reason)), true
	case errors.As(err, &limited):
		return tooMany(limited.RetryAfter), true
	case errors.Is(err, store.ErrNotFound): // the account, since a moment ago
		return unknownKey, true
	case errors.Is(err, errBusy), errors.Is(err, password.ErrBusy):
		return unavailable, true
	}
	return unavailable, false
}

func (p *problem) write(w http.ResponseWriter) {
	body := map[string]any{"success": false, "error": p.code, "msg": p.msg}
	for name, value := range p.more {
		body[name] = value
	}
	if p.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(p.retry.Seconds()))))
	}
	if p.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	write(w, p.status, body)
}

// write sends an answer. Signs of HTML stay as they are: nothing shows it as a page.
func write(w http.ResponseWriter, status int, answer any) {
	var body strings.Builder
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(answer) != nil { // it holds texts, numbers and lists of them
		status = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body.String())) // who left gets no answer
}

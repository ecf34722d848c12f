package accountapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

const (
	// maxBody is larger than any body without values.
	maxBody = 64 << 10
	// maxValues is that of the longest value of a variable, every byte of it escaped.
	maxValues = 512 << 10
)

// request is one whose key was found.
type request struct {
	*http.Request

	in     store.KeyIn
	holder store.Holder
	body   []byte
}

func (q *request) readBody(w http.ResponseWriter, room int64) (err error) {
	q.body, err = io.ReadAll(http.MaxBytesReader(w, q.Body, room))
	if errors.As(err, new(*http.MaxBytesError)) {
		return tooLarge
	}
	if err != nil {
		return badRequest
	}
	if q.body = bytes.TrimSpace(q.body); len(q.body) == 0 {
		q.body = []byte("{}")
	}
	return nil
}

// read takes the body into a struct, or a map. What it does not know is left out, since the client sends more than the paths take.
func (q *request) read(into any) error {
	if q.body[0] != '{' || json.Unmarshal(q.body, into) != nil {
		return badRequest
	}
	return nil
}

// id is the number in the path.
func (q *request) id() (number, error) {
	n, err := strconv.ParseInt(q.PathValue("id"), 10, 64)
	if err != nil {
		return 0, newProblem(http.StatusBadRequest, "invalid_args", "The ID in the path must be a number.")
	}
	return number(n), nil
}

// mine reports whether a part of the path names the account: by its ID, or as "me".
func (q *request) mine(name string) bool { return name == "me" || name == q.in.AccountID }

// text is a string that may come as a number or a boolean, too.
type text string

// UnmarshalJSON takes any of them; null is "".
func (t *text) UnmarshalJSON(raw []byte) error {
	switch {
	case bytes.HasPrefix(raw, []byte(`"`)):
		var s string
		err := json.Unmarshal(raw, &s)
		*t = text(s)
		return err
	case bytes.HasPrefix(raw, []byte(`{`)), bytes.HasPrefix(raw, []byte(`[`)):
		return errors.New("no text")
	case string(raw) != "null":
		*t = text(raw)
	}
	return nil
}

// number is one that may come as a string, too.
type number int64

// UnmarshalJSON takes both; null and "" are 0.
func (n *number) UnmarshalJSON(raw []byte) error {
	digits := strings.Trim(string(raw), `"`)
	if digits == "" || digits == "null" {
		return nil
	}
	parsed, err := strconv.ParseInt(digits, 10, 64)
	*n = number(parsed)
	return err
}

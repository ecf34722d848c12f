package portal

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/legible"
	"github.com/account-operator/account-operator/internal/store"
)

// keys is what the page of the account's API keys shows.
type keys struct {
	All    []shownKey
	Name   string // that was typed
	Every  bool   // everything was chosen
	Rights []choice
	Days   []choice
	Full   bool // there may be no more
}

// shownKey is a key with what it may, in words.
type shownKey struct {
	store.APIKey
	May any
}

// choice is one of a list in a form.
type choice struct {
	Value, Label string
	Chosen       bool
}

// rightWords are what a holder reads for each right.
var rightWords = []choice{
	{Value: string(store.KeyUserRead), Label: "see the account, names of variables, connections and keys"},
	{Value: string(store.KeyUserWrite), Label: "change the account, variables, and keys that may no more"},
	{Value: string(store.KeyInstanceRead), Label: "see instances and volumes"},
	{Value: string(store.KeyInstanceWrite), Label: "change instances and volumes"},
	{Value: string(store.KeyMachineRead), Label: "see machines and clusters"},
	{Value: string(store.KeyMachineWrite), Label: "change machines and clusters"},
	{Value: string(store.KeyBillingRead), Label: "see invoices"},
	{Value: string(store.KeyBillingWrite), Label: "spend credit"},
	{Value: string(store.KeyTeamRead), Label: "see teams"},
	{Value: string(store.KeyTeamWrite), Label: "change teams"},
	{Value: string(store.KeyMisc), Label: "all the rest"},
}

// daysWords are how long a key may last.
var daysWords = []choice{{Value: "0", Label: "No end"}, {Value: "30", Label: "30 days"}, {Value: "90", Label: "90 days"}, {Value: "365", Label: "A year"}}

// listKeys shows them with a form for another one, which may see and change nothing unless that is chosen.
func (h held) listKeys(r *http.Request, in member) (page, error) {
	return h.keys(r, in, keys{Every: true, Rights: rightWords, Days: daysWords})
}

func (h held) keys(r *http.Request, in member, shown keys, problems ...problem) (page, error) {
	all, err := h.store.Holder(in.AccountID).Keys(r.Context())
	if err != nil {
		return goneMember(err)
	}
	for _, k := range all {
		shown.All = append(shown.All, shownKey{k, mayOf(k)})
	}
	shown.Full = len(all) >= store.KeysOfAccount
	return below("keys", "API keys", shown, problems...), nil
}

// mayOf is what a key may, as the account API calls it.
func mayOf(k store.APIKey) any {
	if k.AllRights {
		return say("everything")
	}
	words := make([]string, len(k.Rights))
	for n, right := range k.Rights {
		words[n] = string(right)
	}
	if len(words) == 0 {
		return say("nothing")
	}
	return strings.Join(words, ", ")
}

// newKey is one that was just made, for the only time.
type newKey struct{ Name, Text string }

// makeKey shows the key that it makes.
func (h held) makeKey(r *http.Request, in member) (page, error) {
	want, typed, problems := readKey(r)
	if len(problems) == 0 {
		made, text, err := h.store.Holder(in.AccountID).CreateKey(r.Context(), "", want)
		if err == nil {
			shown := below("new-key", "Save your API key", newKey{made.Name, string(text.Reveal())})
			shown.Back = ""
			return shown, nil
		}
		invalid := (*store.InvalidError)(nil)
		if !errors.As(err, &invalid) {
			return goneMember(err)
		}
		problems = append(problems, problem{"name", say("No key was made: %v %v.", invalid.Field, invalid.Reason)})
	}
	return h.keys(r, in, typed, problems...)
}

// readKey is the key that was asked for, the form as it was filled in, and what is wrong with it.
func readKey(r *http.Request) (want store.APIKey, typed keys, problems []problem) {
	want.Name, want.AllRights = strings.TrimSpace(r.PostForm.Get("name")), r.PostForm.Get("may") == "everything"
	typed = keys{
		Name: want.Name, Every: want.AllRights, Rights: chosen(rightWords, r.PostForm["right"]), Days: chosen(daysWords, r.PostForm["days"]),
	}
	for _, right := range typed.Rights {
		if right.Chosen && !want.AllRights {
			want.Rights = append(want.Rights, store.KeyRight(right.Value))
		}
	}
	for _, days := range typed.Days {
		if count, err := strconv.Atoi(days.Value); err == nil && days.Chosen && count > 0 {
			want.Expires = time.Now().AddDate(0, 0, count)
		}
	}
	return want, typed, problemsOf(want, typed)
}

// chosen marks those of a list that the form says.
func chosen(all []choice, values []string) []choice {
	marked := slices.Clone(all)
	for n, each := range marked {
		marked[n].Chosen = slices.Contains(values, each.Value)
	}
	return marked
}

func problemsOf(want store.APIKey, typed keys) (problems []problem) {
	switch {
	case want.Name == "":
		problems = append(problems, problem{"name", "Write a name, by which you know it again."})
	case len(want.Name) > store.MaxKeyName || !legible.IsLine(want.Name):
		problems = append(problems, problem{"name", "Write one short line, without invisible characters."})
	}
	if !slices.ContainsFunc(typed.Days, func(c choice) bool { return c.Chosen }) {
		problems = append(problems, problem{"days", "Choose one of these."})
	}
	if !want.AllRights && len(want.Rights) == 0 {
		problems = append(problems, problem{"may", "Choose everything, or what the key may."})
	}
	return problems
}

// deleteKey ends one. That it is gone already is no mistake of the member's.
func (h held) deleteKey(r *http.Request, in member) (page, error) {
	err := h.store.Holder(in.AccountID).DeleteKey(r.Context(), r.PostForm.Get("key"))
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return redirect(keysPath), err
}

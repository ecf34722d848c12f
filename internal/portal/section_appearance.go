package portal

import (
	"context"
	"net/url"
	"slices"

	"github.com/account-operator/account-operator/internal/store"
)

const themeLeaf = "preferences.theme"

// appearance is what the section of this name shows.
type appearance struct {
	Theme   string
	Managed bool
}

// appearanceSection is the switch for dark mode. The next page has the new theme.
func appearanceSection(h held) section {
	return section{
		id: "appearance", title: "Dark mode",
		show: func(ctx context.Context, in member) (any, error) {
			now, err := h.account(ctx, in)
			return appearance{now.Theme, now.Managed.Sets(themeLeaf)}, err
		},
		steps: map[string]memberStep{"POST /settings/appearance": h.set("appearance", readTheme)},
	}
}

func readTheme(typed url.Values, now store.HeldAccount) (want store.HolderSpec, shown any, problems []problem) {
	theme := typed.Get(themeLeaf)
	switch {
	case !slices.Contains([]string{"Dark", "Light", "System"}, theme):
		problems = append(problems, problem{themeLeaf, "Choose one of these."})
	case theme != now.Theme && now.Managed.Sets(themeLeaf):
		problems = append(problems, problem{themeLeaf, notYours})
	case theme != now.Theme:
		want.Theme = &theme
	}
	return want, appearance{now.Theme, now.Managed.Sets(themeLeaf)}, problems
}

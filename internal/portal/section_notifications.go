package portal

import (
	"context"
	"net/url"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

const newsletterLeaf = "notifications.newsletter"

// notifications is what the section of this name shows.
type notifications struct {
	Newsletter, NewsletterManaged bool
	Events                        []event
}

// event is a type of notification.
type event struct {
	Name, Label string
	Choice      string // "Enabled", "Disabled", or "" where nobody chose
	Fixed       string // why it cannot be chosen, or ""
}

// notificationsSection has the newsletter, and each type that the store knows.
func notificationsSection(h held) section {
	types := func() []store.NotificationType { return h.store.Capabilities().Notifications }
	return section{
		id: "notifications", title: "Notification settings",
		show: func(ctx context.Context, in member) (any, error) {
			now, err := h.account(ctx, in)
			return notificationsOf(types(), now), err
		},
		steps: map[string]memberStep{
			"POST /settings/notifications": h.set("notifications", func(typed url.Values, now store.HeldAccount) (store.HolderSpec, any, []problem) {
				return readNotifications(types(), typed, now), notificationsOf(types(), now), nil
			}),
		},
	}
}

func notificationsOf(types []store.NotificationType, now store.HeldAccount) notifications {
	shown := notifications{Newsletter: now.Newsletter == "Subscribed", NewsletterManaged: now.Managed.Sets(newsletterLeaf)}
	for _, t := range types {
		one := event{Name: store.EventLeaf(t.Name), Label: words(t.Name), Choice: now.Events[t.Name]}
		switch {
		case t.Mandatory:
			one.Choice, one.Fixed = "Enabled", "Always mailed, since without it you could lose money or data."
		case now.Managed.Sets(one.Name):
			one.Fixed = theTeams
		}
		shown.Events = append(shown.Events, one)
	}
	return shown
}

// words is the name of a type as a sentence begins.
func words(name string) string {
	text := strings.ReplaceAll(strings.ReplaceAll(name, "_", " "), "gpu", "GPU")
	return strings.ToUpper(text[:1]) + text[1:]
}

// readNotifications takes what can be chosen, and knows no other.
func readNotifications(types []store.NotificationType, typed url.Values, now store.HeldAccount) (want store.HolderSpec) {
	newsletter := "Unsubscribed"
	if typed.Get(newsletterLeaf) != "" {
		newsletter = "Subscribed"
	}
	if newsletter != now.Newsletter && !now.Managed.Sets(newsletterLeaf) {
		want.Newsletter = &newsletter
	}
	want.Events = map[string]string{}
	for _, t := range types {
		leaf := store.EventLeaf(t.Name)
		choice := typed.Get(leaf)
		if (choice == "Enabled" || choice == "Disabled") && choice != now.Events[t.Name] && !t.Mandatory && !now.Managed.Sets(leaf) {
			want.Events[t.Name] = choice
		}
	}
	return want
}

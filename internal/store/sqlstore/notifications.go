package sqlstore

import (
	"maps"
	"slices"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

// notifications are what an account holder can be notified of. What keeps one from losing money or data cannot be switched off.
var notifications = []store.NotificationType{
	{Name: "low_credit"}, {Name: "payment_receipt"}, {Name: "payment_failure", Mandatory: true}, {Name: "credit_transfer_received"},
	{Name: "instance_created"}, {Name: "instance_started"}, {Name: "instance_stopped"}, {Name: "instance_resumed"},
	{Name: "instance_deleted"}, {Name: "outbid"}, {Name: "maintenance_scheduled"}, {Name: "upcoming_downtime", Mandatory: true},
	{Name: "instance_offline"}, {Name: "instance_back_online"}, {Name: "instance_error"}, {Name: "disk_low"},
	{Name: "storage_full"}, {Name: "gpu_idle"}, {Name: "instance_expiring", Mandatory: true}, {Name: "contract_extended"},
	{Name: "machine_offline"}, {Name: "machine_verification_failed"}, {Name: "machine_issue_detected"}, {Name: "machine_reported"},
	{Name: "machine_disk_low"}, {Name: "listing_ending"}, {Name: "maintenance_window_confirmed"},
}

func checkEvents(events map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(events)) {
		email := events[name]
		n := slices.IndexFunc(notifications, func(t store.NotificationType) bool { return t.Name == name })
		switch {
		case n < 0:
			return eventsError(name + " is not one of the types that this store knows: " + knownTypes())
		case email != "Enabled" && email != "Disabled":
			return eventsError(name + " must be Enabled or Disabled")
		case email == "Disabled" && notifications[n].Mandatory:
			return eventsError(name + " cannot be disabled")
		}
	}
	return nil
}

func knownTypes() string {
	names := make([]string, len(notifications))
	for n, t := range notifications {
		names[n] = t.Name
	}
	return strings.Join(names, ", ")
}

func eventsError(reason string) error {
	return &store.InvalidError{Field: "notifications.events", Reason: reason}
}

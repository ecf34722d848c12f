package lifecycle

import (
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/controller/status"
	"github.com/account-operator/account-operator/internal/controller/syncstate"
)

// InSync gives ErrInSync when the store holds exactly this record of the object and its status says so. What status shows
// beside being ready may be old where a manager ended between the store and the status; current says that it is not. Of an object
// that is in sync nothing has drifted.
func InSync(tracker *syncstate.Tracker, obj object.Object, record string, current bool) error {
	if !tracker.InSync(obj.GetUID(), record) {
		return nil
	}
	if _, ready := status.ReadyReason(obj); ready && current && len(obj.CommonStatus().Drifted) == 0 {
		return outcome.ErrInSync
	}
	return nil
}

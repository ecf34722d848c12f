package drift

import (
	"slices"
	"testing"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// Given a row in which another client changed one text, when its leaves are compared, then that one is named, and wanted as it is only
// where drift is only reported.
func TestSpareTexts_ChangedText_IsWantedAsItIsOnlyToReport(t *testing.T) {
	for policy, wanted := range map[v1alpha1.DriftPolicy]string{v1alpha1.DriftCorrect: "data", v1alpha1.DriftReport: "theirs"} {
		d := of(policy)
		bucket, region := "data", "eu"
		if err := d.SpareTexts(Text{"bucket", &bucket, "theirs"}, Text{"region", &region, "eu"}); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(d.Names, []string{"bucket"}) || bucket != wanted || region != "eu" {
			t.Errorf("%s: %v drifted, wanted are %q and %q", policy, d.Names, bucket, region)
		}
	}
}

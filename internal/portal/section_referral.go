package portal

import "context"

// referral is what the section of this name shows.
type referral struct {
	Code, Link string
	Count      int
}

// referralSection shows what others can be invited with.
func referralSection(h held) section {
	return section{
		id: "referral", title: "Referral link",
		show: func(ctx context.Context, in member) (any, error) {
			now, err := h.account(ctx, in)
			return referral{now.Referral.Code, now.Referral.Link(h.referral), now.Referral.Count}, err
		},
	}
}

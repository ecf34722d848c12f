package portal

import (
	"context"

	"github.com/account-operator/account-operator/internal/store"
)

// security is what the section of this name shows.
type security struct {
	Email     string
	Pending   string // the address that waits for its confirmation
	Confirmed bool
	Password  bool
	Managed   bool // the address is the object's
	Factor    bool
	Codes     int // backup codes that are left
	Sessions  int
}

// securitySection leads to the pages on which a holder changes how he signs in.
func securitySection(s signingIn, h held) section {
	return section{
		id: "security", title: "Account security",
		show: func(ctx context.Context, in member) (any, error) {
			all, err := s.store.Sessions(ctx, in.AccountID)
			if err != nil {
				return nil, err
			}
			now, err := h.account(ctx, in)
			return security{
				Email: in.Email, Pending: now.Pending, Managed: now.Managed.Sets(store.EmailLeaf), Confirmed: in.AddressConfirmed, Password: in.HasPassword, Factor: in.hasFactor(), Codes: in.Factors.BackupCodesRemaining,
				Sessions: len(all),
			}, err
		},
		steps: map[string]memberStep{
			"GET " + sessionsPath:                  s.list,
			"POST " + sessionsPath + "/end":        s.endOne,
			"POST " + sessionsPath + "/end-others": s.endOthers,
			"GET " + addressPath:                   proven(addressPath, h.showAddress),
			"POST " + addressPath:                  proven(addressPath, h.askForAddress),
			"POST " + addressPath + "/again":       h.askForLinkAgain,
			"POST " + addressPath + "/keep":        h.keepAddress,
			"POST " + confirmAddressPath:           h.proveAddress,
			"GET " + factorsPath:                   proven(factorsPath, s.listFactors),
			"POST " + factorsPath + "/name":        proven(factorsPath, s.nameFactor),
			"POST " + factorsPath + "/remove":      proven(factorsPath, s.removeFactor),
			"POST " + factorsPath + "/codes":       proven(factorsPath, s.newCodes),
		},
	}
}

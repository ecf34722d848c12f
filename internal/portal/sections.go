package portal

// sectionsOf are those of the page, in its order.
func sectionsOf(s signingIn, h held) []section {
	return []section{
		appearanceSection(h),
		securitySection(s, h),
		referralSection(h),
		variablesSection(h),
		notificationsSection(h),
		connectionsSection(h),
		invoiceSection(h),
		keysSection(h),
		readsSection(h),
		deleteSection(h),
	}
}

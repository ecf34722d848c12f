package portal

// sectionsOf are those of the page, in its order.
func sectionsOf(s signingIn) []section {
	return []section{
		securitySection(s),
	}
}

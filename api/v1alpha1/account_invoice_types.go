package v1alpha1

// Invoice is what goes onto the account's invoices. A leaf that is left out is
// the account holder's; "" clears it.
type Invoice struct {
	// name of the person.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=128
	Name *Line `json:"name,omitempty"`

	// company that is invoiced.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=128
	Company *Line `json:"company,omitempty"`

	// taxID of the company, such as DE123456789.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=64
	TaxID *Line `json:"taxID,omitempty"`

	// email that invoices are sent to: one plain ASCII address.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=254
	// +kubebuilder:validation:XValidation:rule="self == '' || self.matches(\"^[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+([.][A-Za-z0-9!#$%&'*+/=?^_{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$\")",message="write one plain address such as billing@example.com, or \"\" to clear it"
	// +kubebuilder:validation:XValidation:rule="self.indexOf('@') <= 64",message="the part before the @ has at most 64 characters"
	Email *string `json:"email,omitempty"`

	// purchaseOrder is the number that the customer wants to see on invoices.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=64
	PurchaseOrder *Line `json:"purchaseOrder,omitempty"`

	// address of the company or person. A leaf that is left out is the account
	// holder's to choose; "" clears it.
	// +optional
	// +default={}
	Address PostalAddress `json:"address,omitzero"`
}

// PostalAddress is a postal address; leaves as in Invoice.
type PostalAddress struct {
	// line1 is street and number.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=128
	Line1 *Line `json:"line1,omitempty"`

	// line2 is what the first line has no room for.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=128
	Line2 *Line `json:"line2,omitempty"`

	// city or town.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=128
	City *Line `json:"city,omitempty"`

	// region is the state or province.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=64
	Region *Line `json:"region,omitempty"`

	// postalCode as the country writes it.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=16
	PostalCode *Line `json:"postalCode,omitempty"`

	// country is the ISO 3166-1 code of two capital letters, such as DE.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule="self == '' || size(self) == 2 && 'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW'.contains(self.replace(' ', '?'))",message="write the ISO 3166-1 code of two capital letters, such as DE"
	Country *string `json:"country,omitempty"`
}

package delta

// digits is the base-64 alphabet of the format, in order of value.
const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~"

// digitValue returns the value of one base-64 digit, -1 for any other byte.
func digitValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'Z':
		return int(c-'A') + 10
	case c == '_':
		return 36
	case c >= 'a' && c <= 'z':
		return int(c-'a') + 37
	case c == '~':
		return 63
	default:
		return -1
	}
}

// appendNumber appends n in base 64, most significant digit first.
func appendNumber(dst []byte, n uint32) []byte {
	var tmp [6]byte
	i := len(tmp)
	for {
		i--
		tmp[i] = digits[n&63]
		if n >>= 6; n == 0 {
			return append(dst, tmp[i:]...)
		}
	}
}

// numberLen returns how many digits appendNumber writes for n.
func numberLen(n int) int {
	w := 1
	for n >>= 6; n > 0; n >>= 6 {
		w++
	}
	return w
}

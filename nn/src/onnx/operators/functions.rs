//! Element-wise functions.

operators! { node:
    "Abs" => node.input(0)?.abs()?;
    "Neg" => node.input(0)?.neg()?;
    "Reciprocal" => node.input(0)?.reciprocal()?;
    "Sign" => node.input(0)?.sign()?;
    "Ceil" => node.input(0)?.ceil()?;
    "Floor" => node.input(0)?.floor()?;
    "Round" => node.input(0)?.round()?;
    "Erf" => node.input(0)?.erf()?;
    "Exp" => node.input(0)?.exp()?;
    "Log" => node.input(0)?.ln()?;
    "Sqrt" => node.input(0)?.sqrt()?;
    "Sin" => node.input(0)?.sin()?;
    "Cos" => node.input(0)?.cos()?;
    "Tan" => node.input(0)?.tan()?;
    "Asin" => node.input(0)?.asin()?;
    "Acos" => node.input(0)?.acos()?;
    "Atan" => node.input(0)?.atan()?;
    "Sinh" => node.input(0)?.sinh()?;
    "Cosh" => node.input(0)?.cosh()?;
    "Asinh" => node.input(0)?.asinh()?;
    "Acosh" => node.input(0)?.acosh()?;
    "Atanh" => node.input(0)?.atanh()?;
}

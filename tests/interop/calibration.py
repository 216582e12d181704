"""What scikit-learn, statsmodels and scipy make of the same examples. One JSON object in, one out."""

import json
import sys
import warnings

import numpy as np
from scipy.optimize import minimize
from scipy.stats import median_abs_deviation, spearmanr
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import Ridge
from statsmodels.miscmodels.ordinal_model import OrderedModel

warnings.simplefilter("ignore")
asked = json.load(sys.stdin)
rows = np.array(asked["rows"])
scores = np.array(asked["scores"])
levels = np.array(asked["levels"])
values, classes = np.unique(levels, return_inverse=True)

ridge = [
    {"intercept": float(m.intercept_), "weights": m.coef_.tolist()}
    for m in (Ridge(alpha=penalty, solver="cholesky").fit(rows, scores) for penalty in asked["penalties"])
]

# The likelihood is statsmodels' own; the penalty is on the weights alone.
model = OrderedModel(classes, rows, distr="logit")
features = rows.shape[1]
ordinal = []
for penalty in asked["penalties"]:
    def loss(p):
        return -model.loglike(p) + penalty / 2 * np.sum(p[:features] ** 2)

    def slope(p):
        step = -model.score(p)
        step[:features] += penalty * p[:features]
        return step

    best = minimize(loss, model.start_params, jac=slope, method="BFGS", options={"gtol": 1e-7, "maxiter": 5000}).x
    ordinal.append(
        {
            "weights": best[:features].tolist(),
            "thresholds": model.transform_threshold_params(best)[1:-1].tolist(),
            "chances": np.asarray(model.predict(best, exog=rows[:20])).tolist(),
        }
    )

curve = IsotonicRegression(out_of_bounds="clip").fit_transform(scores, levels)
print(
    json.dumps(
        {
            "ridge": ridge,
            "ordinal": ordinal,
            "spearman": float(spearmanr(scores, levels).statistic),
            "steps": np.unique(curve.round(12)).tolist(),
            "median": float(np.median(rows[:, 0])),
            "spread": float(median_abs_deviation(rows[:, 0], scale="normal")),
        }
    )
)

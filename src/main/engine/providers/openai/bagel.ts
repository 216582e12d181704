import type { BagelParams } from '../../../../shared/model/bagel.ts';

/** Values of the official app that have no knob here: words are not sampled, and there is no negative prompt. */
const FIXED = { negative_prompt: '', do_sample: false, text_temperature: 0.3 };

/**
 * BAGEL's knobs as vllm-omni's chat route reads them: all eleven names of BAGEL_EXTRA_BODY_PARAMS (vllm_omni/model_extras/bagel.py)
 * and the steps; the interval is a pair there. Its defaults are not those of the official app, so nothing is left out.
 */
export function bagelForVllmOmni(bagel: BagelParams): Record<string, unknown> {
  return {
    num_inference_steps: bagel.steps,
    cfg_text_scale: bagel.textCfg,
    cfg_img_scale: bagel.imageCfg,
    cfg_interval: bagel.cfgInterval,
    cfg_renorm_type: bagel.renormType,
    cfg_renorm_min: bagel.renormMin,
    timestep_shift: bagel.timestepShift,
    think: bagel.think,
    max_think_tokens: bagel.maxThinkTokens,
    ...FIXED,
  };
}

/** BAGEL's knobs as SGLang reads them (multimodal_gen/configs/sample/bagel.py); BAGEL's own names are refused there. */
export function bagelForSglang(bagel: BagelParams): Record<string, number> {
  return {
    num_inference_steps: bagel.steps,
    guidance_scale: bagel.textCfg,
    true_cfg_scale: bagel.imageCfg,
    flow_shift: bagel.timestepShift,
  };
}

/** An instruction as BAGEL's chat template wants it. */
export function bagelPrompt(text: string): string {
  return `<|im_start|>${text}<|im_end|>`;
}
